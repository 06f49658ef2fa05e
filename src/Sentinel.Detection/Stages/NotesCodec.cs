using Sentinel.Detection.Accounts;
using Sentinel.Detection.Links;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Stages;

/// <summary>The bodies of pieces as bytes. What is read is checked; broken bytes are an InvalidDataException.</summary>
internal static class NotesCodec
{
    // A sighting of the same exchange as the one before is its key alone.
    private const byte SameExchange = 0x80;
    private const int SightingBytesMin = 9;
    private const int FrameUseBytesMin = 18;
    private const int ChangeBytesMin = 20;

    public static void Write(StateWriter to, ReadOnlySpan<Sighting> sightings, ReadOnlySpan<FrameUse> uses)
    {
        to.PutCount(sightings.Length);
        var before = default(Sighting);
        foreach (ref readonly var sighting in sightings)
        {
            var isSame = sighting.Account == before.Account && sighting.Offset == before.Offset
                && sighting.AtMs == before.AtMs;
            before = sighting;
            to.PutByte((byte)(((int)sighting.Role << 5) | (int)sighting.Kind | (isSame ? SameExchange : 0)));
            to.PutUInt64(sighting.Key);
            if (!isSame)
            {
                to.PutUInt64(sighting.Account);
                to.PutInt64(sighting.Offset);
                to.PutInt64(sighting.AtMs);
            }
        }

        to.PutCount(uses.Length);
        foreach (ref readonly var use in uses)
        {
            to.PutUInt64(use.Key);
            to.PutCount(use.Count);
            to.PutDouble(use.EvidenceSum);
            to.PutBool(use.IsPositive);
            to.PutInt64(use.LastSeenMs);
        }
    }

    public static void ReadSightings(
        ref StateReader from, int partition, Action<Sighting> sighting, Action<FrameUse> frameUse)
    {
        var before = default(Sighting);
        for (var left = from.TakeCountOf(SightingBytesMin); left > 0; left--)
        {
            var first = from.TakeByte();
            var (role, kind) = RoleAndKind((byte)(first & ~SameExchange));
            var key = from.TakeUInt64();
            before = (first & SameExchange) != 0
                ? before with { Role = role, Kind = kind, Key = key }
                : new Sighting(
                    role, kind, key, from.TakeUInt64(), partition, from.TakeInt64(), from.TakeInt64());
            sighting(before);
        }

        for (var left = from.TakeCountOf(FrameUseBytesMin); left > 0; left--)
        {
            frameUse(new FrameUse(
                from.TakeUInt64(), from.TakeCount(), from.TakeDouble(), from.TakeBool(), from.TakeInt64()));
        }
    }

    public static void Write(
        StateWriter to, ReadOnlySpan<AccountProfile> profiles, ReadOnlySpan<ExcerptNote> excerpts)
    {
        to.PutCount(profiles.Length);
        foreach (var profile in profiles)
        {
            PackedProfile.Write(to, profile);
        }

        to.PutCount(excerpts.Length);
        foreach (ref readonly var excerpt in excerpts)
        {
            Write(to, excerpt);
        }
    }

    public static void Write(StateWriter to, in ExcerptNote excerpt)
    {
        to.PutUInt64(excerpt.Account);
        to.PutSparse([excerpt.SystemKey, excerpt.HeadKey, excerpt.TailKey]);
        to.PutText(excerpt.Text);
    }

    public static ExcerptNote ReadExcerpt(ref StateReader from)
    {
        Span<ulong> keys = stackalloc ulong[3];
        var account = from.TakeUInt64();
        from.TakeSparse(keys);
        return new ExcerptNote(account, keys[0], keys[1], keys[2], from.TakeText());
    }

    public static void Write(StateWriter to, ReadOnlySpan<EdgeChange> changes)
    {
        to.PutCount(changes.Length);
        foreach (ref readonly var change in changes)
        {
            to.PutByte((byte)change.Kind);
            to.PutUInt64(change.Key);
            to.PutCount(change.AccountsMore);
            to.PutCount(change.ExchangesMore);
            to.PutDouble(change.EvidenceMore);
            to.PutBool(change.IsPositive);
            to.PutInt64(change.LastSeenMs);
            to.PutCount(change.Members?.Count ?? 0);
            foreach (var member in change.Members ?? [])
            {
                to.PutUInt64(member.Account);
                to.PutCount(member.Partition);
                to.PutInt64(member.Offset);
                to.PutInt64(member.AtMs);
            }
        }
    }

    public static void ReadChanges(ref StateReader from, List<EdgeChange> changes)
    {
        for (var left = from.TakeCountOf(ChangeBytesMin); left > 0; left--)
        {
            changes.Add(new EdgeChange(
                RoleAndKind(from.TakeByte()).Kind,
                from.TakeUInt64(),
                from.TakeCount(),
                from.TakeLong(),
                from.TakeDouble(),
                from.TakeBool(),
                from.TakeInt64(),
                ReadMembers(ref from)));
        }
    }

    private static List<EdgeMember>? ReadMembers(ref StateReader from)
    {
        var count = from.TakeCountOf(10);
        if (count == 0)
        {
            return null;
        }

        var members = new List<EdgeMember>(count);
        for (; count > 0; count--)
        {
            members.Add(new EdgeMember(from.TakeUInt64(), from.TakeCount(), from.TakeInt64(), from.TakeInt64()));
        }

        return members;
    }

    private static (SightingRole Role, LinkKind Kind) RoleAndKind(byte both)
    {
        var (role, kind) = ((SightingRole)(both >> 5), (LinkKind)(both & 0x1F));
        return role <= SightingRole.Presented && (int)kind < LinkKinds.Count
            ? (role, kind)
            : throw new InvalidDataException("A piece names a kind of link that there is not.");
    }
}
