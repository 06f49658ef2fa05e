namespace Sentinel.EndToEnd.Tests;

/// <summary>A test that needs a file from beside the checkout; skipped, with the reason, where it is not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactIfFileAttribute : FactAttribute
{
    /// <param name="relative">The file, relative to the repository's root.</param>
    public FactIfFileAttribute(string relative)
    {
        if (!File.Exists(Path.Combine(BuiltProgram.Root, relative)))
        {
            Skip = $"There is no {relative} beside this checkout.";
        }
    }
}
