namespace Sentinel.Reports.Tests;

/// <summary>Schemas of the standards bodies, where a checkout has them beside it.</summary>
internal static class Standards
{
    public const string Variable = "LLMSENTINEL_STANDARDS_DIR";

    public static string? Folder { get; } = Find();

    /// <summary>Why a test is left out, or null.</summary>
    public static string? Missing => Folder is null
        ? $"No published schemas: neither {Variable} nor a folder shared/standards beside the checkout." : null;

    public static string PathOf(string path) => Path.Combine(Folder!, path);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "standards");
            if (Directory.Exists(Path.Combine(path, "stix2.1")))
            {
                return path;
            }
        }

        return null;
    }
}

/// <summary>Needs the published schemas.</summary>
public sealed class StandardsFactAttribute : FactAttribute
{
    public StandardsFactAttribute() => Skip = Standards.Missing;
}
