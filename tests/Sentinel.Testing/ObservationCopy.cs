using Sentinel.Detection.Observations;

namespace Sentinel.Testing;

/// <summary>Copies observations: those on the hot path are reused.</summary>
public static class ObservationCopy
{
    /// <summary>Another observation that says the same.</summary>
    public static Observation Of(Observation from)
    {
        var to = new Observation
        {
            Offset = from.Offset,
            EventKey = from.EventKey,
            OccurredAtMs = from.OccurredAtMs,
            AccountCreatedAtMs = from.AccountCreatedAtMs,
            OrgKey = from.OrgKey,
            PlanKey = from.PlanKey,
            SignupRouteKey = from.SignupRouteKey,
            EmailDomainKey = from.EmailDomainKey,
            EmailKey = from.EmailKey,
            PaymentKey = from.PaymentKey,
            PhoneKey = from.PhoneKey,
            AccountCountryKey = from.AccountCountryKey,
            IpKey = from.IpKey,
            IpBlockKey = from.IpBlockKey,
            UserAgentKey = from.UserAgentKey,
            Ja4Key = from.Ja4Key,
            DeviceKey = from.DeviceKey,
            ModelKey = from.ModelKey,
            ConversationKey = from.ConversationKey,
            Turn = from.Turn,
            SampleCount = from.SampleCount,
            Logprobs = from.Logprobs,
            Reasoning = from.Reasoning,
            Refused = from.Refused,
            InputTokens = from.InputTokens,
            OutputTokens = from.OutputTokens,
            ReasoningRefIssuedKey = from.ReasoningRefIssuedKey,
            ContentKey = from.ContentKey,
        };
        to.AccountId.Set(from.AccountId);
        to.Excerpt.Set(from.Excerpt);
        to.Frame = from.Frame;
        to.Scores = from.Scores;
        to.SetReasoningRefs(from.ReasoningRefs);
        to.SetBands(from.OutputBands, from.MaterialBands);
        return to;
    }
}
