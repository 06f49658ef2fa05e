using Sentinel.Detection;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Streaming.Lanes;

/// <summary>What the last observations of a log caused, kept while it is judged again.</summary>
internal sealed class RecentFindings(int observationsMax)
{
    private readonly Queue<Verdict> _verdicts = new();
    private readonly Queue<Campaign> _campaigns = new();
    private readonly Queue<Link> _links = new();

    /// <summary>Adds what the observation at an offset caused, and forgets what lies too far behind it.</summary>
    public void Add(JudgeOutput output, long offset)
    {
        output.Verdicts.ForEach(_verdicts.Enqueue);
        output.Campaigns.ForEach(_campaigns.Enqueue);
        output.Links.ForEach(_links.Enqueue);
        var oldest = offset - observationsMax;
        while (_verdicts.TryPeek(out var verdict) && verdict.Id.Offset < oldest)
        {
            _verdicts.Dequeue();
        }

        while (_campaigns.TryPeek(out var campaign) && campaign.Offset < oldest)
        {
            _campaigns.Dequeue();
        }

        while (_links.TryPeek(out var link) && link.Offset < oldest)
        {
            _links.Dequeue();
        }
    }

    /// <summary>Hands all over.</summary>
    public void MoveTo(JudgeOutput output)
    {
        output.Verdicts.AddRange(_verdicts);
        output.Campaigns.AddRange(_campaigns);
        output.Links.AddRange(_links);
        _verdicts.Clear();
        _campaigns.Clear();
        _links.Clear();
    }
}
