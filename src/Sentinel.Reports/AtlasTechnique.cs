using System.Collections.Immutable;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Reports;

/// <summary>A technique of MITRE ATLAS, and which campaigns show it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="TacticId">Id of the tactic.</param>
/// <param name="Tactic">The tactic.</param>
/// <param name="ParentName">Name of the technique that it is a part of, or null.</param>
internal sealed record AtlasTechnique(string Id, string Name, string TacticId, string Tactic, string? ParentName)
{
    /// <summary>Version of ATLAS that the ids are of.</summary>
    public const string Version = "5.6.0";

    // That what was collected is used against its owner is no observation: it is said of the surest campaigns only.
    private const double TheftRiskMin = 0.99;

    private static readonly AtlasTechnique Proxies = new(
        "AML.T0008.005", "AI Service Proxies", "AML.TA0003", "Resource Development", "Acquire Infrastructure");

    private static readonly AtlasTechnique Crafting = new(
        "AML.T0065", "LLM Prompt Crafting", "AML.TA0003", "Resource Development", ParentName: null);

    private static readonly AtlasTechnique Accounts = new(
        "AML.T0021", "Establish Accounts", "AML.TA0003", "Resource Development", ParentName: null);

    private static readonly AtlasTechnique Access = new(
        "AML.T0040", "AI Model Inference API Access", "AML.TA0000", "AI Model Access", ParentName: null);

    private static readonly AtlasTechnique Extraction = new(
        "AML.T0024.002", "Extract AI Model", "AML.TA0010", "Exfiltration", "Exfiltration via AI Inference API");

    private static readonly AtlasTechnique Theft = new(
        "AML.T0048.004", "AI Intellectual Property Theft", "AML.TA0011", "Impact", "External Harms");

    /// <summary>All that are ever named.</summary>
    public static ImmutableArray<AtlasTechnique> All { get; } =
        [Access, Crafting, Accounts, Proxies, Extraction, Theft];

    /// <summary>Where to read about it.</summary>
    public string Url => "https://atlas.mitre.org/techniques/" + Id;

    /// <summary>Id of the technique that it is a part of, or its own.</summary>
    public string ParentId => ParentName is null ? Id : Id[..Id.LastIndexOf('.')];

    /// <summary>Those that a campaign's evidence shows, in the order of <see cref="All"/>.</summary>
    public static ImmutableArray<AtlasTechnique> Of(ReportedCampaign campaign)
    {
        var types = campaign.AbuseTypes;
        var isHarvest = types.Any(static type => type is AbuseType.ReasoningExtraction or AbuseType.GradingHarvest
            or AbuseType.SyntheticData or AbuseType.CapabilityHarvest or AbuseType.DistributionHarvest);
        var sharesFrame = campaign.Links.Any(static link => link.Kind == LinkKind.Template);
        var found = new List<AtlasTechnique> { Access };
        Add(Crafting, sharesFrame || types.Contains(AbuseType.TechniqueProbing));
        Add(Accounts, types.Contains(AbuseType.AccountFraud));
        Add(Proxies, types.Contains(AbuseType.RelayHarvest));
        Add(Extraction, isHarvest);
        Add(Theft, isHarvest && campaign.Risk >= TheftRiskMin);
        return [.. found];

        void Add(AtlasTechnique technique, bool isShown)
        {
            if (isShown)
            {
                found.Add(technique);
            }
        }
    }
}
