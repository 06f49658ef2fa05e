using System.Diagnostics;
using System.Globalization;
using Sentinel.Storage.Tests.Children;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class CrashTests(StoreEngine fixture)
{
    private const int Seed = 20261101;

    [Fact]
    public async Task Kill_InTheMiddleOfWriting_LosesNothingAcknowledgedAndCountsNothingTwice()
    {
        var folder = Directory.CreateTempSubdirectory("sentinel-crash-").FullName;
        var random = new Random(Seed);
        var acked = 0L;
        for (var round = 0; round < 5; round++)
        {
            using var child = ChildProcess.Start("write", folder);
            var recovered = await NumberAfterAsync(child, "recovered");
            Assert.True(recovered >= acked, $"Seed {Seed}: {acked} were acknowledged, {recovered} are there.");
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                acked = await NumberAfterAsync(child, "acked");
            }

            // Somewhere within a block: they follow each other without a pause.
            await Task.Delay(random.Next(0, 40));
            child.Kill();
            await child.WaitForExitAsync();
            acked = Math.Max(acked, await LastAckedAsync(child));
        }

        using var check = ChildProcess.Start("check", folder);
        var total = await NumberAfterAsync(check, "recovered");
        Assert.True(total >= acked, $"Seed {Seed}: {acked} were acknowledged, {total} are there.");
        Assert.Equal((total + 9) / 10, await NumberAfterAsync(check, "verdicts"));
        Assert.Equal((total + 99) / 100, await NumberAfterAsync(check, "links"));
        Assert.Equal(total, await NumberAfterAsync(check, "exchanges"));
        await check.WaitForExitAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Open_FolderOfAnotherProcess_IsRefusedAndNamesTheHolder()
    {
        using var child = ChildProcess.Start("open", fixture.Folder);
        var said = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.Equal(ChildProcess.RefusedCode, child.ExitCode);
        Assert.Contains(fixture.Folder, said, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_WithTheEngineRunning_KeepsItsExitCode()
    {
        var folder = Directory.CreateTempSubdirectory("sentinel-leave-").FullName;
        using var child = ChildProcess.Start("leave", folder);
        var said = await child.StandardError.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.True(child.ExitCode == 7, $"{child.ExitCode}: {said}");
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<long> NumberAfterAsync(Process child, string word)
    {
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            if (TryNumber(line, word, out var number))
            {
                return number;
            }
        }

        Assert.Fail($"The child ended without saying {word}: {await child.StandardError.ReadToEndAsync()}");
        return 0;
    }

    // What the child said between the last line that was read and its death.
    private static async Task<long> LastAckedAsync(Process child)
    {
        var last = 0L;
        foreach (var line in (await child.StandardOutput.ReadToEndAsync()).Split('\n'))
        {
            last = TryNumber(line, "acked", out var number) ? number : last;
        }

        return last;
    }

    private static bool TryNumber(string line, string word, out long number)
    {
        number = 0;
        return line.StartsWith(word + " ", StringComparison.Ordinal)
            && long.TryParse(line.AsSpan(word.Length + 1), CultureInfo.InvariantCulture, out number);
    }
}
