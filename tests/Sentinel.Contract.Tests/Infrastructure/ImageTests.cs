using System.Text.RegularExpressions;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>What images are made of is there and pinned, and they do not run as root.</summary>
public sealed partial class ImageTests
{
    public static TheoryData<string> Files => ["infra/images/Dockerfile", "infra/images/Dockerfile.cuda"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Image_IsPinnedAndRunsAsNobodySpecial(string file)
    {
        var text = File.ReadAllText(Repository.PathOf(file));
        var stages = From().Matches(text).Select(match => match.Groups[2].Value).ToHashSet(StringComparer.Ordinal);
        Assert.All(
            From().Matches(text).Select(match => match.Groups[1].Value).Where(image => !stages.Contains(image)),
            image => Assert.Matches(new Regex(@"^[a-z0-9./-]+:\d+\.\d+[a-z0-9.-]*$"), image));
        var users = User().Matches(text).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(users);
        Assert.DoesNotContain(users, user => user is "root" or "0");
        Assert.All(
            Variable().Matches(text).Select(match => match.Value), name => Assert.True(Settings.IsKnown(name), name));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Image_CopiesWhatIsThereAndNotLeftOut(string file)
    {
        var left = File.ReadAllLines(Repository.PathOf(".dockerignore"))
            .Where(line => line.Length > 0 && line[0] != '#' && !line.Contains('*'))
            .ToArray();
        var copied = Copy().Matches(File.ReadAllText(Repository.PathOf(file)))
            .SelectMany(match => match.Groups[1].Value.Split(' ')[..^1])
            .Distinct()
            .ToArray();
        Assert.NotEmpty(copied);
        Assert.All(copied, path =>
        {
            Assert.True(Path.Exists(Repository.PathOf(path)), path);
            Assert.DoesNotContain(left, folder => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData(".git")]
    [InlineData(".sentinel")]
    [InlineData(".env")]
    [InlineData("infra/compose")]
    [InlineData("**/obj")]
    public void Ignored_IsWhatAnImageMustNotHold(string path) =>
        Assert.Contains(path, File.ReadAllLines(Repository.PathOf(".dockerignore")));

    [Fact]
    public void HealthScript_MayBeRun()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // The program is for Linux; elsewhere files have no mode.
        }

        var mode = File.GetUnixFileMode(Repository.PathOf("infra/images/health.sh"));
        Assert.True(mode.HasFlag(UnixFileMode.OtherExecute));
    }

    [GeneratedRegex(@"^FROM (\S+)(?: AS (\S+))?", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"^USER (\S+)", RegexOptions.Multiline)]
    private static partial Regex User();

    [GeneratedRegex(@"^COPY (?!--from)(.+)$", RegexOptions.Multiline)]
    private static partial Regex Copy();

    [GeneratedRegex("LLMSENTINEL_[A-Za-z_]+")]
    private static partial Regex Variable();
}
