using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Reports.Sharing;

/// <summary>Takes out of a report what its recipient is not told. Pure; every format is written from what is left.</summary>
public static class SharingFilter
{
    /// <summary>The report as the recipient gets it.</summary>
    /// <param name="report">The whole report.</param>
    /// <param name="profile">What the recipient is told.</param>
    /// <param name="recipient">Who it is.</param>
    /// <param name="key">Its key; null where <see cref="SharingProfile.NeedsKey"/> is false.</param>
    public static IncidentReport Apply(
        IncidentReport report, SharingProfile profile, string recipient, RecipientKey? key)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.NeedsKey && key is null)
        {
            throw new ArgumentException("This profile hashes, and needs the recipient's key.", nameof(key));
        }

        var work = new Work(profile, key);
        var isNamed = profile.Campaigns == IdentifierForm.Whole;
        var campaigns = report.Campaigns.Select((campaign, i) => work.Campaign(campaign, i)).ToImmutableArray();
        var written = work.Time(report.WrittenAt);
        return report with
        {
            Id = isNamed ? report.Id : "report-" + (key is null ? "0" : key.HashCampaign(report.Id)),
            Title = isNamed ? report.Title : "Distillation campaign report",
            Question = isNamed ? report.Question : "Campaigns as shared under the profile " + profile.Name + ".",
            WrittenAt = written,
            Campaigns = campaigns,
            EvidenceHash = profile.Campaigns switch
            {
                IdentifierForm.Whole => report.EvidenceHash,
                IdentifierForm.Hashed => key!.HashEvidence(report.EvidenceHash),
                _ => "",
            },
            Handling = report.Handling with
            {
                Recipient = recipient,
                Profile = profile.Name,
                Tlp = profile.Tlp,
                ExpiresAt = written.AddDays(profile.ValidDays),
                Changes = ChangesOf(profile),
            },
        };
    }

    /// <summary>What a profile does, in sentences.</summary>
    public static ImmutableArray<string> ChangesOf(SharingProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var changes = ImmutableArray.CreateBuilder<string>();
        Add(profile.Accounts, "Account ids");
        Add(profile.Keys, "Keys of payment instruments, addresses, devices, clients and frames");
        Add(profile.Campaigns, "Campaign ids and the hash of the evidence");
        AddIf(profile.Frame == FrameForm.Truncated, "The instruction frame is cut to its first 80 characters.");
        AddIf(profile.Frame == FrameForm.LeftOut, "The instruction frame is left out.");
        AddIf(profile.Times == TimeForm.Hour, "Times are whole hours.");
        AddIf(profile.Times == TimeForm.Day, "Times are whole days.");
        AddIf(profile.RoundCounts, "Counts are rounded to two digits.");
        AddIf(profile.FixedSentences, "Findings are told in fixed sentences.");
        return changes.DrainToImmutable();

        void Add(IdentifierForm form, string what)
        {
            AddIf(form == IdentifierForm.Hashed, what + " are hashed with a key of this recipient.");
            AddIf(form == IdentifierForm.LeftOut, what + " are left out.");
        }

        void AddIf(bool isSo, string text)
        {
            if (isSo)
            {
                changes.Add(text);
            }
        }
    }

    /// <summary>The fixed sentence of a finding's code; of an unknown one, that it is one.</summary>
    internal static string FixedSentence(string code)
    {
        var kind = WireNames.AbuseTypes.IndexOf(code.StartsWith("content.", StringComparison.Ordinal) ? code[8..] : "");
        return kind >= 0
            ? "Its exchanges collect " + ReportWords.Harvest((AbuseType)kind) + "."
            : code switch
            {
                "pool.strangers" => "Its accounts share an instrument of identity and have nothing else in common.",
                "campaign.company" => "Of those who regularly send its frame most are flagged one by one.",
                "pool.likeness" => "Its accounts ask for the same thing, far more alike than strangers do.",
                _ => "Further evidence of the kind that its code names.",
            };
    }

    private sealed class Work(SharingProfile profile, RecipientKey? key)
    {
        public ReportedCampaign Campaign(ReportedCampaign campaign, int index)
        {
            var scale = campaign.Scale;
            var id = profile.Campaigns switch
            {
                IdentifierForm.Whole => campaign.Id,
                IdentifierForm.Hashed => key!.HashCampaign(campaign.Id),
                _ => string.Create(CultureInfo.InvariantCulture, $"campaign-{index + 1}"),
            };
            var told = campaign with
            {
                Id = id,
                Name = "Campaign " + id,
                FirstDetectedAt = Time(campaign.FirstDetectedAt),
                ExchangesAtDetection = Count(campaign.ExchangesAtDetection),
                UpdatedAt = Time(campaign.UpdatedAt),
                Frame = Frame(campaign.Frame),
                Scale = new ReportedScale(
                    Count(scale.Accounts), Count(scale.Exchanges), Time(scale.FirstAt), Time(scale.LastAt),
                    Count(scale.InputTokens), Count(scale.OutputTokens), scale.Models, Count(scale.Refused)),
                Timeline = Timeline(campaign.Timeline),
                Harvested =
                [
                    .. campaign.Harvested.Select(item => new ReportedHarvest(
                        item.Kind, Count(item.Exchanges), Count(item.OutputTokens))),
                ],
                Keys = profile.Keys == IdentifierForm.LeftOut ? [] : [.. campaign.Keys.Select(Key)],
                Accounts = profile.Accounts == IdentifierForm.LeftOut ? [] : [.. campaign.Accounts.Select(Account)],
                Links = [.. campaign.Links.Select(link => link with { Accounts = Count(link.Accounts) })],
                Inferences =
                [
                    .. campaign.Inferences.Select(item => profile.FixedSentences
                        ? item with { Text = FixedSentence(item.Code), Nats = Math.Round(item.Nats, 1) }
                        : item),
                ],
                Answers =
                [
                    .. campaign.Answers.Select(answer => new ReportedAnswer(
                        answer.Action, Count(answer.Answers), Count(answer.Accounts), Time(answer.FirstAt),
                        Time(answer.LastAt))),
                ],
            };
            told = told with { Told = profile == SharingProfile.Internal ? campaign.Told : [] };
            return told with { Facts = ReportBuilder.FactsOf(told) };
        }

        public DateTimeOffset Time(DateTimeOffset time)
        {
            var step = profile.Times switch
            {
                TimeForm.Hour => TimeSpan.TicksPerHour,
                TimeForm.Day => TimeSpan.TicksPerDay,
                _ => TimeSpan.TicksPerMillisecond,
            };
            return new DateTimeOffset(time.UtcTicks - (time.UtcTicks % step), TimeSpan.Zero);
        }

        private ImmutableArray<ReportedStep> Timeline(ImmutableArray<ReportedStep> steps) =>
        [
            .. steps.GroupBy(step => Time(step.At)).Select(group => new ReportedStep(
                group.Key,
                Count(group.Sum(static step => step.Exchanges)),
                Count(group.Max(static step => step.Accounts)),
                Count(group.Sum(static step => step.OutputTokens)))),
        ];

        private ReportedKey Key(ReportedKey item) => item with
        {
            Form = profile.Keys == IdentifierForm.Hashed ? KeyForm.RecipientHmac : item.Form,
            Value = profile.Keys == IdentifierForm.Hashed ? key!.HashKey(item.Kind, item.Value) : item.Value,
            Members = Count(item.Members),
            AllAccounts = Count(item.AllAccounts),
            FirstAt = Time(item.FirstAt),
            LastAt = Time(item.LastAt),
            Accounts = profile.Accounts == IdentifierForm.LeftOut ? [] : [.. item.Accounts.Select(AccountId)],
        };

        private ReportedAccount Account(ReportedAccount account) => account with
        {
            Id = AccountId(account.Id),
            FirstFlaggedAt = account.FirstFlaggedAt is { } flagged ? Time(flagged) : null,
            Exchanges = Count(account.Exchanges),
            FirstAt = Time(account.FirstAt),
            LastAt = Time(account.LastAt),
            Risk = profile.RoundCounts ? Math.Round(account.Risk, 2) : account.Risk,
        };

        private string AccountId(string id) =>
            profile.Accounts == IdentifierForm.Hashed ? key!.HashAccount(id) : id;

        private string? Frame(string? frame) => profile.Frame switch
        {
            FrameForm.Whole => frame,
            FrameForm.Truncated => frame is null ? null : Cut(frame),
            _ => null,
        };

        // Whole characters: a cut through a surrogate pair is no text.
        private static string Cut(string frame)
        {
            var text = new StringBuilder();
            foreach (var rune in frame.EnumerateRunes())
            {
                if (text.Length + rune.Utf16SequenceLength > SharingProfile.FrameCharsMax)
                {
                    return text.Append('…').ToString();
                }

                text.Append(rune.ToString());
            }

            return text.ToString();
        }

        private long Count(long count)
        {
            if (!profile.RoundCounts || Math.Abs(count) < 100)
            {
                return count;
            }

            var unit = 1L;
            while (count / unit >= 100)
            {
                unit *= 10;
            }

            return count / unit * unit;
        }
    }
}
