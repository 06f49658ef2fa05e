using System.Collections.Immutable;

namespace Sentinel.Detection.Cases;

/// <summary>That a ruling does not hold any more, on all of its accounts or some.</summary>
/// <param name="RulingId">The ruling.</param>
/// <param name="Accounts">On whom; empty for all.</param>
/// <param name="At">Since when.</param>
/// <param name="IsReleased">Whether an appeal was right, so that its accounts go on whatever the machine concludes.</param>
public sealed record RulingEnd(string RulingId, ImmutableArray<string> Accounts, DateTimeOffset At, bool IsReleased)
{
    /// <summary>All that ended, by the events of a case in their order.</summary>
    public static ImmutableArray<RulingEnd> Of(IEnumerable<CaseEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var ends = ImmutableArray.CreateBuilder<RulingEnd>();
        CaseState? state = null;
        foreach (var one in events)
        {
            if (state?.Ruling is { } ruling && EndOf(state, ruling, one) is { } end)
            {
                ends.Add(end);
            }

            state = state is null ? CaseState.Of([one]) : state.After(one);
        }

        return ends.ToImmutable();
    }

    private static RulingEnd? EndOf(CaseState before, CaseRuling ruling, CaseEvent one) => one.Change switch
    {
        RulingUndone or CaseReopened => new RulingEnd(ruling.Id, [], one.At, IsReleased: false),
        AppealDecided { IsUpheld: false } decided => new RulingEnd(
            ruling.Id, before.Appeals.FirstOrDefault(appeal => appeal.Id == decided.AppealId)?.Accounts ?? [], one.At,
            IsReleased: true),
        _ => null,
    };
}
