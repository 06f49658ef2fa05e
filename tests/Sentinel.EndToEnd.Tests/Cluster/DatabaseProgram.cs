using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

namespace Sentinel.EndToEnd.Tests.Cluster;

/// <summary>ClickHouse's HTTP interface in a process of its own, a server for each database. Ended when disposed.</summary>
internal sealed class DatabaseProgram : IAsyncDisposable
{
    public const string User = "sentinel";
    public const string Password = "a pass:word & more";
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(60);

    private readonly Scratch _scratch;
    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1, 1);

    private DatabaseProgram(Scratch scratch, Process process) => (_scratch, _process) = (scratch, process);

    public static DatabaseProgram Start()
    {
        var scratch = new Scratch();
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var assembly = Path.Combine(
            BuiltProgram.Root, "tests", "Sentinel.FakeClickHouse", "bin", framework.Parent!.Name, framework.Name,
            "Sentinel.FakeClickHouse.dll");
        var start = new ProcessStartInfo("dotnet", [assembly, scratch["databases"]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["LLMSENTINEL_NATIVE_DIR"] = Path.Combine(BuiltProgram.Root, ".sentinel", "native");
        return new DatabaseProgram(scratch, Process.Start(start) ?? throw new InvalidOperationException("No dotnet."));
    }

    /// <summary>A new, empty database.</summary>
    public async Task<Database> OpenAsync(string name)
    {
        using var limit = new CancellationTokenSource(AnswerMax);
        await _turn.WaitAsync(limit.Token);
        try
        {
            await TellAsync($"open {name}");
            var address = await _process.StandardOutput.ReadLineAsync(limit.Token);
            return new Database(this, name, address ?? throw new InvalidOperationException("It ended."));
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _turn.Dispose();
        _scratch.Dispose();
    }
}

/// <summary>One database behind its server, and a client of it.</summary>
internal sealed class Database(DatabaseProgram program, string name, string url) : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };

    public string Name => name;

    public string Url => url;

    public Task SetAwayAsync(bool isAway) => program.TellAsync($"{(isAway ? "away" : "back")} {name}");

    public Task FailByChanceAsync(int percent, int seed) =>
        program.TellAsync(string.Create(CultureInfo.InvariantCulture, $"fail {name} {percent} {seed}"));

    /// <summary>The rows of a result, as tab-separated values.</summary>
    public async Task<string[]> RowsAsync(string sql)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, $"{url}/?database={name}&default_format=TabSeparated");
        request.Headers.Add("X-ClickHouse-User", DatabaseProgram.User);
        request.Headers.Add("X-ClickHouse-Key", DatabaseProgram.Password);
        request.Content = new StringContent(sql, MediaTypeHeaderValue.Parse("text/plain"));
        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async Task<long> NumberAsync(string sql) =>
        long.Parse(Assert.Single(await RowsAsync(sql)), CultureInfo.InvariantCulture);

    public void Dispose() => _client.Dispose();
}
