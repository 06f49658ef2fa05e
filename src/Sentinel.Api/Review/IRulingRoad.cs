using Sentinel.Api.Decisions;

namespace Sentinel.Api.Review;

/// <summary>How rulings reach the boards of all processes that answer gateways. Thread-safe.</summary>
public interface IRulingRoad
{
    /// <summary>Puts rulings in force and withdraws others; null withdraws. Under way for good when the task ends.</summary>
    Task SendAsync(IReadOnlyCollection<KeyValuePair<RulingKey, Ruling?>> rulings, CancellationToken cancel);
}

/// <summary>The road of a program that answers alone: to its own board.</summary>
/// <param name="board">The board.</param>
public sealed class BoardRoad(RulingBoard board) : IRulingRoad
{
    /// <inheritdoc/>
    public Task SendAsync(IReadOnlyCollection<KeyValuePair<RulingKey, Ruling?>> rulings, CancellationToken cancel)
    {
        board.Publish(rulings);
        return Task.CompletedTask;
    }
}
