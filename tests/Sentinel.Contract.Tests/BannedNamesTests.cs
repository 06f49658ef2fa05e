using System.Text.RegularExpressions;

namespace Sentinel.Contract.Tests;

/// <summary>Names that do not appear in the sources, and why.</summary>
public sealed class BannedNamesTests
{
    public static TheoryData<string, string> Banned => new()
    {
        { @"\bDateTime(Offset)?\.(Utc)?Now\b", "time is an input" },
        { @"\bRandom\.Shared\b", "chance is an input" },
        { @"\bnew Random\(\)", "chance is an input" },
        { @"\bGuid\.NewGuid\b", "chance is an input" },
        { @"\bThread\.Sleep\b", "nothing waits by sleeping" },
        { @"\.Result\b(?!\s*[<(=])", "nothing blocks on a task" },
        { @"\.Wait\(\)", "nothing blocks on a task" },
        { @"\.GetAwaiter\(\)\.GetResult\(\)", "nothing blocks on a task" },
        { @"\bNotImplementedException\b", "nothing is a stub" },
        { @"\b(TODO|FIXME|HACK|XXX)\b", "plans do not live in the tree" },
        { @"#region\b", "a file that needs folding is too long" },
        { @"\bCreateUnbounded\b", "everything is bounded" },
    };

    [Theory]
    [MemberData(nameof(Banned))]
    public void Sources_DoNotName(string pattern, string why)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
        var found = Repository.Files("src", "*.cs")
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (file, line, number: index + 1)))
            .Where(item => regex.IsMatch(item.line))
            .Select(item => $"{Path.GetRelativePath(Repository.Root, item.file)}:{item.number}: {item.line.Trim()}")
            .ToArray();
        Assert.True(found.Length == 0, $"{why}:\n{string.Join('\n', found)}");
    }
}
