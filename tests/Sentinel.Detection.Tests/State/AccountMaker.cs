using System.Reflection;
using System.Runtime.InteropServices;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.State;

/// <summary>Accounts with something in every field, whatever fields there are.</summary>
internal static class AccountMaker
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // Who holds the object, what it is used for now, and room that is kept: none of it is the account.
    private static readonly string[] NotTheAccount =
    [
        "IsToBeTold", "SamplesHolding", "IsPaceNews", "Index", "Key", "_idUtf8", "_idLength", "_id", "_frames",
        "_embeddingSum", "_kindSum", "_memo", "Profile",
    ];

    /// <summary>Gives every field a value: often an ordinary one, often 0, now and then a strange one.</summary>
    public static void Fill(AccountState account, Random random)
    {
        var profile = account.Profile;
        FillFields(account, random);
        Fill(profile, random);
        account.Level = (VerdictLevel)random.Next(4);
        account.ExplainedLevel = (VerdictLevel)random.Next(4);
        account.ToldAtMs = random.Next(3) == 0 ? -1 : account.ToldAtMs;
        ref var memo = ref account.Memo;
        (memo[0], memo[1], memo[6]) = (profile.PaymentKey, profile.PhoneKey, profile.IpBlockKey);
        for (var i = 2; i < 6; i++)
        {
            memo[i] = (uint)KeyOf(random);
        }
    }

    /// <summary>Gives every field of a profile a value, as that of an account.</summary>
    public static void Fill(AccountProfile profile, Random random)
    {
        FillFields(profile, random);
        (profile.HabitNats, profile.ContentPeak) = (NatsOf(random), NatsOf(random));
        (profile.OutlierNats, profile.OutlierNatsSeen) = (NatsOf(random), NatsOf(random));
        if (random.Next(2) == 0)
        {
            FillUsual(profile, random);
        }

        if (random.Next(3) == 0)
        {
            (profile.FlaggedAtMs, profile.ExchangesAtFlag) = (-1, -1);
        }

        profile.Pivot = profile.Pivot.Release == 0 ? default : profile.Pivot; // Nothing is known of no release.
        Span<FrameSlot> slots = stackalloc FrameSlot[1 + random.Next(FrameLedger.FramesMax + 1)];
        foreach (ref var slot in slots)
        {
            slot = new FrameSlot
            {
                Tags = new FrameTags((uint)random.Next(3), TagOf(random), TagOf(random)),
                Count = random.Next(100), EvidenceSum = NatsOf(random),
            };
        }

        profile.Frames.Restore(slots, random.Next(2) == 0 ? [] : [1, -2.5f, 0, 1e6f]);
        FillSingles(profile.EmbeddingSum, random);
        FillSingles(profile.KindSum, random);
        random.NextBytes(profile.Spread.Cells);
    }

    // As the times of most accounts are: in order, in the first stretch, the latest one on the latest day.
    private static void FillUsual(AccountProfile profile, Random random)
    {
        var (firstMs, gaps) = (random.NextInt64(1L << 42), random.NextInt64(1L << 32));
        profile.ExchangeCount = random.Next(1, 256);
        profile.Day = (int)((firstMs + gaps) / 86_400_000);
        profile.Pace.Restore([firstMs + gaps, gaps, gaps / 2, profile.ExchangeCount - 1, profile.ExchangeCount / 2, 0, 0, -3, 0.125]);
        profile.Schedule.Restore([firstMs, firstMs + gaps, 256, profile.ExchangeCount, 1e6, 1e18, 3e7, 0]);
    }

    /// <summary>All that an account is, as text.</summary>
    public static string Describe(AccountState account)
    {
        var text = new List<string> { account.Index.ToString(), Describe(account.Profile) };
        DescribeFields(account, text);
        text.Add(Convert.ToHexString(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref account.Memo[0], LinkMemo.Length))));
        return string.Join('\n', text);
    }

    /// <summary>All that a profile is, as text.</summary>
    public static string Describe(AccountProfile profile)
    {
        var text = new List<string> { profile.Id, profile.Key.ToString() };
        DescribeFields(profile, text);
        foreach (var slot in profile.Frames.InUse)
        {
            text.Add($"{slot.Tags} {slot.Count} {slot.EvidenceSum:R}");
        }

        text.Add(Convert.ToHexString(MemoryMarshal.AsBytes(profile.Frames.Folded)));
        text.Add(Convert.ToHexString(MemoryMarshal.AsBytes(profile.EmbeddingSum)));
        text.Add(Convert.ToHexString(MemoryMarshal.AsBytes(profile.KindSum)));
        text.Add(Convert.ToHexString(profile.Spread.Cells));
        return string.Join('\n', text);
    }

    private static void FillFields(object target, Random random)
    {
        foreach (var field in FieldsOf(target.GetType()))
        {
            field.SetValue(target, ValueOf(field.FieldType, random));
        }
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type type) =>
        type.GetFields(Fields).Where(field => !NotTheAccount.Any(name => field.Name == name || field.Name == $"<{name}>k__BackingField"));

    private static object ValueOf(Type type, Random random)
    {
        if (type == typeof(PaceLedger))
        {
            var pace = default(PaceLedger);
            var (lastMs, gaps, count) = (random.NextInt64(1L << 42), RealOf(random), random.Next(300));
            var isEven = random.Next(2) == 0;
            pace.Restore(
                random.Next(2) == 0
                    ? [lastMs, gaps, gaps, count, count, 0, 0, 0, 0]
                    : [lastMs, gaps, isEven ? gaps : RealOf(random), count, isEven ? count : 7, 1.5, -3 / 1024.0, random.Next(1_000), 0]);
            return pace;
        }

        if (type.IsPrimitive || type.IsEnum)
        {
            return PrimitiveOf(type, random);
        }

        var made = Activator.CreateInstance(type)!;
        FillFields(made, random);
        return made;
    }

    private static object PrimitiveOf(Type type, Random random) => type switch
    {
        _ when type == typeof(bool) => random.Next(2) == 0,
        _ when type == typeof(byte) => (byte)random.Next(256),
        _ when type == typeof(int) => random.Next(random.Next(2) == 0 ? 3 : int.MaxValue),
        _ when type == typeof(uint) => (uint)KeyOf(random),
        _ when type == typeof(long) => random.NextInt64(random.Next(2) == 0 ? 3 : 1L << 42),
        _ when type == typeof(ulong) => KeyOf(random),
        _ when type == typeof(float) => (float)RealOf(random),
        _ when type == typeof(double) => RealOf(random),
        _ when type.IsEnum => Enum.ToObject(type, 0),
        _ => throw new InvalidOperationException($"No value for a {type}."),
    };

    private static void DescribeFields(object target, List<string> text)
    {
        foreach (var field in FieldsOf(target.GetType()))
        {
            var value = field.GetValue(target)!;
            switch (value)
            {
                case PaceLedger pace:
                    var saved = new double[PaceLedger.SavedCount];
                    pace.Save(saved);
                    text.Add($"{field.Name} {Convert.ToHexString(MemoryMarshal.AsBytes(saved.AsSpan()))}");
                    break;
                case double or float:
                    text.Add($"{field.Name} {Convert.ToDouble(value):R}");
                    break;
                case var one when one.GetType().IsPrimitive || one is Enum:
                    text.Add($"{field.Name} {value}");
                    break;
                default:
                    text.Add(field.Name);
                    DescribeFields(value, text);
                    break;
            }
        }
    }

    private static ulong KeyOf(Random random) => random.Next(3) switch
    {
        0 => 0,
        1 => 1UL << random.Next(64),
        _ => (ulong)random.NextInt64(),
    };

    // Evidence is kept in whole steps.
    private static float NatsOf(Random random) => random.Next(3) == 0
        ? 0
        : random.Next(-1_000_000, 1_000_000) / (float)ContentEvidence.StepsPerNat;

    private static uint TagOf(Random random) => random.Next(3) == 0 ? 0 : (uint)random.Next(1 << (8 * FrameTags.TagBytes));

    private static double RealOf(Random random) => random.Next(6) switch
    {
        0 => 0,
        1 => -0.0,
        2 => random.Next(1_000_000),
        3 => -random.Next(1_000),
        4 => 1e300,
        _ => random.NextDouble(),
    };

    private static void FillSingles(Span<float> values, Random random)
    {
        var range = random.Next(4) switch { 0 => 100, 1 => 30_000, 2 => 1_000_000, _ => 0 };
        foreach (ref var value in values)
        {
            value = range == 0 ? (float)RealOf(random) : random.Next(-range, range);
        }
    }
}
