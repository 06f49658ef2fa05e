using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Sentinel.Detection.Incidents;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Reports;

/// <summary>What a report is asked for.</summary>
/// <param name="Id">Names the report.</param>
/// <param name="Title">Its title.</param>
/// <param name="Question">What was asked, in words.</param>
/// <param name="WrittenAt">When.</param>
/// <param name="Publisher">By whom.</param>
/// <param name="ProgramVersion">By which program.</param>
public sealed record ReportQuestion(
    string Id, string Title, string Question, DateTimeOffset WrittenAt, string Publisher, string ProgramVersion);

/// <summary>Makes the whole report, as the provider itself may read it. Pure.</summary>
public static class ReportBuilder
{
    /// <summary>Days that a report holds where no profile says otherwise.</summary>
    public const int ValidDays = 90;

    /// <summary>Makes it.</summary>
    public static IncidentReport Build(ReportQuestion question, ImmutableArray<CampaignIncident> incidents)
    {
        ArgumentNullException.ThrowIfNull(question);
        return new IncidentReport(
            question.Id,
            question.Title,
            question.Question,
            question.WrittenAt,
            [.. incidents.Select(CampaignOf)],
            new ReportHandling(
                question.Publisher, "", "internal", TlpLabel.AmberStrict, question.WrittenAt.AddDays(ValidDays), Changes: []),
            question.ProgramVersion,
            Convert.ToHexStringLower(SHA256.HashData(EvidenceBytes.Of(incidents))));
    }

    private static ReportedCampaign CampaignOf(CampaignIncident incident)
    {
        var campaign = incident.Campaign;
        var scale = incident.Scale;
        var reported = new ReportedCampaign
        {
            Id = campaign.Id,
            Name = "Campaign " + campaign.Id,
            Risk = campaign.Risk,
            AbuseTypes = campaign.AbuseTypes,
            FirstDetectedAt = campaign.FirstDetectedAt,
            ExchangesAtDetection = campaign.ExchangesAtDetection,
            UpdatedAt = campaign.At,
            Version = campaign.Version,
            PolicyVersion = campaign.PolicyVersion,
            Models = incident.Models,
            Frame = campaign.Template,
            Scale = new ReportedScale(
                campaign.Accounts.Length, scale.Exchanges, scale.FirstAt, scale.LastAt, scale.InputTokens,
                scale.OutputTokens, scale.Models, scale.Refused),
            Timeline =
            [
                .. incident.Timeline.Select(
                    step => new ReportedStep(step.At, step.Exchanges, step.Accounts, step.OutputTokens)),
            ],
            Harvested =
            [
                .. incident.Harvested.Select(
                    harvest => new ReportedHarvest(harvest.Kind, harvest.Exchanges, harvest.OutputTokens)),
            ],
            Keys = [.. incident.Keys.Select(KeyOf)],
            Accounts =
            [
                .. incident.Accounts.Select(account => new ReportedAccount(
                    account.Id, account.Level, account.Risk, account.Action, account.FirstFlaggedAt,
                    account.Exchanges, account.FirstAt, account.LastAt)),
            ],
            Links =
            [
                .. campaign.Links.Select(link => new ReportedLink(link.Kind, link.Accounts, link.Strength)),
            ],
            Facts = [],
            Inferences =
            [
                .. campaign.Reasons.Select(reason => new ReportedInference(
                    reason.Code, reason.Summary, reason.Weight, ReportWords.ConfidenceOf(reason.Weight))),
            ],
            Answers =
            [
                .. incident.Answers.Select(answer => new ReportedAnswer(
                    answer.Action, answer.Answers, answer.Accounts, answer.FirstAt, answer.LastAt)),
            ],
        };
        return reported with { Facts = FactsOf(reported) };
    }

    private static ReportedKey KeyOf(IncidentKey key) => new(
        key.Kind, KeyForm.StoreKey, key.Key.ToString("x16", CultureInfo.InvariantCulture), key.Members,
        key.AllAccounts, key.FirstAt, key.LastAt, key.Accounts);

    /// <summary>Facts in sentences; made of counts alone, so that they can be made again of coarser ones.</summary>
    internal static ImmutableArray<ReportedFact> FactsOf(ReportedCampaign campaign)
    {
        var scale = campaign.Scale;
        var facts = ImmutableArray.CreateBuilder<ReportedFact>();
        facts.Add(new ReportedFact(
            "scale",
            $"{ReportWords.Number(scale.Accounts)} accounts made {ReportWords.Number(scale.Exchanges)} exchanges "
            + $"between {ReportWords.Time(scale.FirstAt)} and {ReportWords.Time(scale.LastAt)}, and were given "
            + $"{ReportWords.Number(scale.OutputTokens)} tokens."));
        facts.Add(new ReportedFact(
            "detection",
            $"It was first reported at {ReportWords.Time(campaign.FirstDetectedAt)}, after "
            + $"{ReportWords.Number(campaign.ExchangesAtDetection)} exchanges of its accounts."));
        foreach (var link in campaign.Links)
        {
            facts.Add(new ReportedFact(
                "shared." + Detection.Links.LinkKinds.Names[(int)link.Kind],
                $"{ReportWords.Number(link.Accounts)} of its accounts share a key of this kind with another of them: "
                + $"{ReportWords.Of(link.Kind)}."));
        }

        foreach (var answer in campaign.Answers)
        {
            facts.Add(new ReportedFact(
                "answered." + WireNames.Of(answer.Action),
                $"Gateways were answered {WireNames.Of(answer.Action)} about {ReportWords.Number(answer.Accounts)} "
                + $"of its accounts, about {ReportWords.Number(answer.Answers)} times."));
        }

        foreach (var told in campaign.Told)
        {
            facts.Add(new ReportedFact(
                "told." + told.Source,
                $"{told.Source} told of {ReportWords.Number(told.Keys)} of its keys, worth at most "
                + $"{ReportWords.Percent(told.Weight * 100)}, until {ReportWords.Day(told.ValidUntil)}. Nothing was judged by it."));
        }

        return facts.DrainToImmutable();
    }
}
