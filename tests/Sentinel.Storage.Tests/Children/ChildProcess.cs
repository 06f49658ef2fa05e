namespace Sentinel.Storage.Tests.Children;

internal static class ChildProcess
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments)
        {
            case ["measure", var folder, var rows]:
                await Measurement.RunAsync(folder, int.Parse(rows, System.Globalization.CultureInfo.InvariantCulture));
                return 0;
            default:
                await Console.Error.WriteLineAsync("Not a child's work: " + string.Join(' ', arguments));
                return 2;
        }
    }
}
