using System.CommandLine;
using System.Reflection;

namespace Sentinel.Hosting.CommandLine;

/// <summary><c>sentinel version</c>.</summary>
internal static class VersionVerb
{
    /// <summary>Version of the program.</summary>
    public static string Version { get; } = typeof(VersionVerb).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The commit that the program was built from; <c>unknown</c> outside a checkout.</summary>
    public static string Commit { get; } = typeof(VersionVerb).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+') is [_, var commit]
            ? commit
            : "unknown";

    public static Command Build(VerbActions actions)
    {
        var command = new Command("version", "Show the versions of the program, its policy and its model.");
        command.SetAction((_, _) => actions.Version());
        return command;
    }
}
