using Sentinel.Detection.Evidence;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Accounts;

// What an account does beside its content: which models it moves to, how it uses the service, and what reasoning it carries
// from one conversation into another.
internal sealed partial class AccountJudge
{
    private const ulong ReplaySalt = 0x2EF1A;

    private void BookHabits(AccountState account, Observation observation)
    {
        var profile = account.Profile;
        _releases.See(observation.ModelKey, profile.Key, observation.OccurredAtMs);
        profile.Pivot.Add(
            observation.ModelKey, profile.ExchangeCount, observation.OccurredAtMs, account.Level < VerdictLevel.Watch,
            _releases, _policy.PivotNatsMax);
    }

    private void LookAtHabits(AccountProfile profile)
    {
        if (!HabitPopulation.IsDue(profile))
        {
            return;
        }

        _habits.Consider(profile);
        profile.HabitNats = (float)ContentEvidence.InSteps(_habits.NatsOf(profile, _policy.HabitNatsMax));
    }

    // Whether it stands out otherwise than when it was last looked at.
    private bool LookAtContent(AccountProfile profile)
    {
        _outliers.Tick();
        if (!ContentOutliers.IsDue(profile.ExchangeCount))
        {
            return false;
        }

        _outliers.Consider(profile);
        var (known, seen) = (profile.OutlierNats, profile.OutlierNatsSeen);
        profile.OutlierNatsSeen = (float)ContentEvidence.InSteps(
            _outliers.NatsOf(profile, _policy.SuspectNats, _policy.OutlierNatsMax));
        profile.OutlierNats = Math.Min(seen, profile.OutlierNatsSeen);
        return !profile.OutlierNats.Equals(known);
    }

    // Who else was handed a reference the link lanes know; in which of its own conversations the account was, this one does.
    // A fork carries all references of its origin, so two conversations count once, however many they have in common.
    private void NoteReferences(AccountState account, Observation observation)
    {
        foreach (var reference in observation.ReasoningRefs)
        {
            Note(account, observation, SightingRole.Presented, LinkKind.ReasoningReference, reference);
            var issuedIn = observation.ConversationKey == 0
                ? 0
                : _conversations.Find(KeyHash.Combine(account.Profile.Key, reference));
            if (issuedIn != 0 && issuedIn != observation.ConversationKey
                && _told.TryAdd(KeyHash.Combine(
                    account.Profile.Key ^ ReplaySalt, KeyHash.Combine(issuedIn, observation.ConversationKey))))
            {
                account.Profile.ReplayedConversations++;
            }
        }

        var issued = observation.ReasoningRefIssuedKey;
        Note(account, observation, SightingRole.Issued, LinkKind.ReasoningReference, issued);
        if (issued != 0 && observation.ConversationKey != 0)
        {
            _conversations.FirstOrAdd(KeyHash.Combine(account.Profile.Key, issued), observation.ConversationKey);
        }
    }
}
