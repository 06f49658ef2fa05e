using System.Numerics;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// How an account uses the service, whatever it asks for: 48 bytes. Every habit has innocents who have it too, so a habit is
/// only ever ranked among all accounts (<see cref="HabitPopulation"/>). A mutable value inside the account's profile; owned by
/// the lane.
/// </summary>
internal struct HabitLedger
{
    /// <summary>Habits told apart.</summary>
    public const int Count = 11;

    private const long DayMs = 86_400_000;
    private const long HourMs = 3_600_000;

    /// <summary>Hours of its latest day with an exchange, a bit each.</summary>
    public uint Hours { get; set; }

    /// <summary>Most hours of a day with an exchange.</summary>
    public byte HoursMax { get; set; }

    /// <summary>Day that <see cref="Hours"/> is about, days since 1970 UTC.</summary>
    public int Day { get; set; }

    /// <summary>Days with an exchange.</summary>
    public int Days { get; set; }

    /// <summary>Exchanges on its first day, where that followed its sign-up.</summary>
    public int FirstDay { get; set; }

    /// <summary>Addresses by linear counting: a bit each.</summary>
    public ulong Addresses { get; set; }

    /// <summary>Clients by linear counting: a bit each.</summary>
    public ulong Clients { get; set; }

    /// <summary>Exchanges that asked for token probabilities or several samples.</summary>
    public int Sampling { get; set; }

    /// <summary>Exchanges that began a conversation, and all whose turn is known.</summary>
    public (int First, int Known) Turns { get; set; }

    /// <summary>Exchanges with the highest reasoning effort.</summary>
    public int Reasoning { get; set; }

    /// <summary>Tokens put out.</summary>
    public long Output { get; set; }

    /// <summary>Books an exchange.</summary>
    public void Add(Observation observation)
    {
        BookTime(observation.OccurredAtMs, observation.AccountCreatedAtMs);
        Addresses |= BitOf(observation.IpKey);
        Clients |= BitOf(KeyHash.Combine(observation.UserAgentKey, observation.Ja4Key));
        Sampling += observation.Logprobs || observation.SampleCount > 1 ? 1 : 0;
        Turns = (Turns.First + (observation.Turn == 1 ? 1 : 0), Turns.Known + (observation.Turn >= 1 ? 1 : 0));
        Reasoning += observation.Reasoning == ReasoningEffort.High ? 1 : 0;
        Output += Math.Max(0, observation.OutputTokens);
    }

    /// <summary>The habits of an account as numbers that are larger the more of a habit there is.</summary>
    /// <param name="profile">An account with at least one exchange.</param>
    /// <param name="into">Room for <see cref="Count"/> numbers.</param>
    public static void Fill(AccountProfile profile, Span<double> into)
    {
        ref readonly var habits = ref profile.Habits;
        var all = (double)profile.ExchangeCount;
        var news = 1 - (profile.RepeatedCount / all);
        into[0] = Math.Max(habits.HoursMax, BitOperations.PopCount(habits.Hours)); // Round the clock. Monitors and nightly builds too.
        into[1] = habits.FirstDay / (all / Math.Max(1, habits.Days)); // No ramp after sign-up. Who moves house from another account too.
        into[2] = BitOperations.PopCount(habits.Addresses); // Many addresses. Phones and build agents too.
        into[3] = BitOperations.PopCount(habits.Clients); // Many clients. A company's gateway too.
        into[4] = (habits.Sampling + profile.RepeatedCount) / all; // Probabilities, samples, the same again. Evaluation suites too.
        into[5] = habits.Turns.Known == 0 ? 0 : habits.Turns.First / (double)habits.Turns.Known; // Single turns. Batch jobs too.
        into[6] = habits.Reasoning / all; // All the reasoning there is. Tutors of mathematics too.
        into[7] = habits.Output / all; // Long answers. Who has reports written too.
        into[8] = all / Math.Max(1, habits.Days); // More than others of its plan. Who is about to move to a larger one too.
        into[9] = news * profile.Sameness(); // Ever new prompts in ever the same words. Who has a catalogue described too.
        into[10] = news * profile.Frames.TopCount / all; // One frame, another slot each time. Any app with a template too.
    }

    private void BookTime(long atMs, long createdAtMs)
    {
        var day = (int)(atMs / DayMs);
        if (day > Day)
        {
            HoursMax = (byte)Math.Max(HoursMax, BitOperations.PopCount(Hours));
            (Day, Hours) = (day, 0);
            Days++;
        }

        Hours |= 1u << (int)(atMs / HourMs % 24);
        FirstDay += Days == 1 && createdAtMs != Exchange.UnknownTime && atMs - createdAtMs < DayMs ? 1 : 0;
    }

    private static ulong BitOf(ulong key) => key == 0 ? 0 : 1UL << (int)(KeyHash.Mix(key) & 63);
}
