// A request that is sent again under its key is answered as it was the first time, and done once, whatever process it reaches:
// answers are in the store for a day. What is being answered right now, and the latest answers, are in this process, too.
using Microsoft.Extensions.Options;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review.Http;

/// <summary>What was answered under idempotency keys. Thread-safe.</summary>
internal sealed class IdempotentAnswers(IOptions<ReviewOptions> options, ReviewStore store, TimeProvider clock)
{
    private const int LooksMax = 50;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Remembered> _byKey = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = [];

    /// <summary>The answer under a key, which the caller is to give when <paramref name="isFirst"/>.</summary>
    public Remembered Of(string key, string request, out bool isFirst)
    {
        lock (_lock)
        {
            isFirst = !_byKey.TryGetValue(key, out var known);
            if (known is not null)
            {
                return known;
            }

            while (_order.Count >= options.Value.IdempotencyKeysMax)
            {
                _byKey.Remove(_order.Dequeue());
            }

            _order.Enqueue(key);
            return _byKey[key] = new Remembered(request);
        }
    }

    /// <summary>No answer came of it: whoever asks again under the key is the first again.</summary>
    public void Forget(string key, Remembered remembered)
    {
        lock (_lock)
        {
            if (_byKey.TryGetValue(key, out var known) && known == remembered)
            {
                _byKey.Remove(key); // Its place in the order goes when it comes up.
            }
        }

        remembered.GiveNone();
    }

    /// <summary>Says in the store that this process answers a key, or waits for the one that does.</summary>
    /// <returns>Whether it is this one's to answer, and what is held.</returns>
    public async Task<(bool IsMine, KeptAnswer Held)> ClaimAsync(string key, string request, CancellationToken cancel)
    {
        var log = store.Opened.Answers;
        var (isMine, held) = await log.ClaimAsync(key, request, clock.GetUtcNow(), cancel);
        for (var look = 0; !isMine && held is { Status: 0 } && held.Request == request && look < LooksMax; look++)
        {
            await Task.Delay(LookEvery, cancel); // Waits for another process, which has a clock of its own.
            held = await log.FindAsync(key, clock.GetUtcNow(), cancel) ?? held;
        }

        return (isMine, held);
    }

    /// <summary>Keeps an answer for other processes; one that is too large stays in this one alone.</summary>
    public Task KeepAsync(string key, KeptAnswer claim, Answer answer)
    {
        var body = System.Text.Encoding.UTF8.GetString(answer.Body);
        return body.Length > AnswerLog.BodyCharsMax
            ? Task.CompletedTask
            : store.Opened.Answers.AnswerAsync(
                key,
                claim with { Status = answer.Status, ContentType = answer.ContentType ?? "", ETag = answer.ETag ?? "", Body = body },
                CancellationToken.None);
    }

    internal sealed class Remembered(string request)
    {
        private readonly TaskCompletionSource<Answer?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Digest of the request.</summary>
        public string Request => request;

        /// <summary>Ends when there is an answer, with null when none will come.</summary>
        public Task<Answer?> Answer => _answer.Task;

        public void Give(Answer answer) => _answer.TrySetResult(answer);

        public void GiveNone() => _answer.TrySetResult(null);
    }

    internal sealed record Answer(int Status, string? ContentType, string? ETag, byte[] Body)
    {
        public static Answer Of(KeptAnswer kept) => new(
            kept.Status, kept.ContentType.Length > 0 ? kept.ContentType : null, kept.ETag.Length > 0 ? kept.ETag : null,
            System.Text.Encoding.UTF8.GetBytes(kept.Body));
    }
}
