using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sentinel.EndToEnd.Tests;

/// <summary>A running <c>sentinel serve</c> (or <c>demo</c>) and a client of it.</summary>
internal sealed partial class ServedProgram : IAsyncDisposable
{
    private ServedProgram(BuiltProgram program, string address)
    {
        Program = program;
        Client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(60) };
    }

    public BuiltProgram Program { get; }

    public HttpClient Client { get; }

    /// <summary>Starts on a free port and waits until it says where it listens.</summary>
    public static Task<ServedProgram> StartAsync(
        string[] arguments, params (string Name, string Value)[] environment) =>
        ListeningAsync(BuiltProgram.Start(arguments, environment));

    /// <summary>Starts a program whose settings are in a folder.</summary>
    public static Task<ServedProgram> StartInAsync(string folder, string[] arguments) =>
        ListeningAsync(BuiltProgram.StartIn(folder, arguments));

    private static async Task<ServedProgram> ListeningAsync(BuiltProgram program)
    {
        program.Input.Close();
        await program.UntilAsync(() => Task.FromResult(Address().IsMatch(program.Output)), "it listens");
        return new ServedProgram(program, Address().Match(program.Output).Value);
    }

    /// <summary>Serves a data folder and waits until it is ready.</summary>
    public static async Task<ServedProgram> ReadyAsync(string data)
    {
        var served = await StartAsync(["serve", "--urls", "http://127.0.0.1:0", "--data", data]);
        await served.UntilReadyAsync();
        return served;
    }

    public Task UntilReadyAsync() => Program.UntilAsync(
        async () => (await Client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK, "it is ready");

    /// <summary>Posts lines and gives the counts.</summary>
    public async Task<(int Accepted, int Duplicate, int Rejected)> PostAsync(IEnumerable<string> lines)
    {
        using var content = Ndjson(lines);
        var response = await Client.PostAsync("/v1/exchanges", content);
        var answer = await JsonOf(response, HttpStatusCode.OK);
        return (
            answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicate").GetInt32(),
            answer.GetProperty("rejected").GetInt32());
    }

    public async Task<JsonElement> GetAsync(string url, HttpStatusCode status = HttpStatusCode.OK) =>
        await JsonOf(await Client.GetAsync(url), status);

    public static ByteArrayContent Ndjson(IEnumerable<string> lines)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-ndjson");
        return content;
    }

    public static async Task<JsonElement> JsonOf(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Program.DisposeAsync();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9]\d*")]
    private static partial Regex Address();
}
