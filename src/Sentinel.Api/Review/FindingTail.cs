// Findings are written to the second and read in that order. What is written twice within a second, or in a second that was
// read already, would lie before the place up to which was read: so each look begins a little before it, and what was taken
// there is known by its version.
using System.Collections.Immutable;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>Reads findings as they are written, each version of each at least once and hardly ever twice. One owner.</summary>
/// <param name="read">Findings after a place, at most so many, in the order of writing.</param>
internal sealed class FindingTail(Func<FindingCursor, int, CancellationToken, Task<ImmutableArray<Finding>>> read)
{
    /// <summary>Findings taken at once.</summary>
    public const int FindingsMax = 500;

    /// <summary>How far the place goes back: longer than a write takes until it is seen.</summary>
    public const int BackSeconds = 10;

    private readonly Dictionary<string, Finding> _recent = new(StringComparer.Ordinal);
    private FindingCursor _place = FindingCursor.Beginning;
    private FindingCursor _last = FindingCursor.Beginning;

    /// <summary>Goes back a little.</summary>
    public void GoBack()
    {
        _place = _last.Back(BackSeconds);
        foreach (var (subject, one) in _recent)
        {
            if (one.Cursor.Seconds < _place.Seconds)
            {
                _recent.Remove(subject); // It lies before the place, and is not read again.
            }
        }
    }

    /// <summary>The next findings, known ones among them; none when all are read. Asked again before
    /// <see cref="Taken"/> it answers the same.</summary>
    public Task<ImmutableArray<Finding>> ReadAsync(CancellationToken cancel) => read(_place, FindingsMax, cancel);

    /// <summary>Those that were not taken in this version before.</summary>
    public ImmutableArray<Finding> NewOf(ImmutableArray<Finding> findings) =>
    [
        .. findings.Where(one => !_recent.TryGetValue(one.Subject, out var known)
            || (known.Version, known.Cursor.Seconds) != (one.Version, one.Cursor.Seconds)),
    ];

    /// <summary>What was read is dealt with.</summary>
    public void Taken(ImmutableArray<Finding> findings)
    {
        foreach (var one in findings)
        {
            _recent[one.Subject] = one;
            _place = one.Cursor;
        }

        _last = _place.Seconds > _last.Seconds ? _place : _last;
    }
}
