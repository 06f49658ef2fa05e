using Sentinel.Detection.Links;

namespace Sentinel.Detection.Campaigns;

/// <summary>A campaign while it grows. Owned by its board.</summary>
internal sealed class CampaignState(int number)
{
    private readonly HashSet<int> _known = [];

    public int Number { get; } = number;

    public string Id { get; } = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"cmp-{number + 1}");

    /// <summary>Indices of members, in the order in which they joined.</summary>
    public List<int> Accounts { get; } = [];

    /// <summary>Keys that convicted it, strongest evidence last.</summary>
    public List<LinkEntry> Keys { get; } = [];

    /// <summary>Highest evidence of any of its groups, nats, and what it is made of.</summary>
    public double Evidence { get; private set; }

    public double Content { get; private set; }

    public double Identity { get; private set; }

    public double Likeness { get; private set; }

    public long FirstDetectedMs { get; set; }

    public long ExchangesAtDetection { get; set; }

    public int Version { get; set; }

    public int AccountsPublished { get; set; }

    /// <summary>Members whose verdicts name the campaign.</summary>
    public int AccountsConcluded { get; set; }

    public long PublishedMs { get; set; }

    /// <summary>Number of the campaign that took this one over, or -1.</summary>
    public int MergedInto { get; set; } = -1;

    public bool IsStanding => MergedInto < 0;

    public bool Contains(int account) => _known.Contains(account);

    public bool TryAdd(int account)
    {
        if (!_known.Add(account))
        {
            return false;
        }

        Accounts.Add(account);
        return true;
    }

    public void Raise(GroupFinding finding)
    {
        if (finding.Evidence > Evidence)
        {
            Evidence = finding.Evidence;
            (Content, Identity, Likeness) = (finding.Content, finding.Identity, finding.Likeness);
        }
    }

    public void Raise(CampaignState other)
    {
        if (other.Evidence > Evidence)
        {
            (Evidence, Content, Identity, Likeness) = (other.Evidence, other.Content, other.Identity, other.Likeness);
        }
    }
}
