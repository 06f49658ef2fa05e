using Microsoft.Playwright;
using Sentinel.EndToEnd.Tests;

namespace Sentinel.Browser.Tests;

/// <summary>The real program over a seeded store, and a real browser. Both are started once.</summary>
public sealed class ConsoleFixture : IAsyncLifetime, IDisposable
{
    /// <summary>Everybody's password.</summary>
    public const string Password = "correct horse battery staple";

    private readonly Scratch _scratch = new();
    private readonly Dictionary<string, string> _sessions = new(StringComparer.Ordinal); // Tests run one after another.
    private ServedProgram? _served;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where pictures of pages are kept.</summary>
    public static string Pictures => Path.Combine(BuiltProgram.Root, "artifacts", "console");

    /// <summary>Where the program is.</summary>
    public Uri Address => _served!.Client.BaseAddress!;

    internal HttpClient Client => _served!.Client;

    public async Task InitializeAsync()
    {
        if (!File.Exists(FactIfBrowserAttribute.Chromium))
        {
            return; // Every test is skipped.
        }

        await SeededStore.WriteAsync(_scratch["data"]);
        _served = await ServedProgram.StartAsync(
            ["serve", "--urls", "http://127.0.0.1:0", "--data", _scratch["data"]],
            ("LLMSENTINEL_People__AdministratorPassword", Password), ("LLMSENTINEL_People__PasswordRounds", "100000"),
            ("LLMSENTINEL_Review__OpenSeconds", "1"),
            // Nobody listens there: what is told becomes a dead letter.
            ("LLMSENTINEL_Webhooks__Targets__0__Name", "soc"), ("LLMSENTINEL_Webhooks__Targets__0__Url", "http://127.0.0.1:9/hook"),
            ("LLMSENTINEL_Webhooks__Targets__0__Secret", "0123456789abcdef"), ("LLMSENTINEL_Webhooks__AttemptsMax", "1"),
            ("LLMSENTINEL_Webhooks__LookSeconds", "1"));
        await _served.UntilReadyAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = FactIfBrowserAttribute.Chromium,
            Args = ["--no-sandbox", "--disable-gpu"],
        });
        Directory.CreateDirectory(Pictures);
        var page = await SignInAsync("admin");
        await AddAsync(page, "ana", "analyst");
        await AddAsync(page, "ben", "analyst");
        await AddAsync(page, "lea", "lead");
        await page.GotoAsync("/console/queue?show=waiting");
        await page.WaitForSelectorAsync(".queue tbody tr:nth-child(20)");
        await page.Context.CloseAsync();
    }

    /// <summary>
    /// A browser of somebody's own, signed in; its page is still empty. Whoever signed in before comes with the same session:
    /// the form itself is filled in once for each of them, and where a test looks at it.
    /// </summary>
    public async Task<IPage> SignInAsync(string id, int width = 1280, bool hasScript = true)
    {
        string? session = null;
        var isKnown = hasScript && _sessions.TryGetValue(id, out session); // Without script the form is tried, too.
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Address.ToString(),
            JavaScriptEnabled = hasScript,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            StorageState = session,
        });
        context.SetDefaultTimeout(15_000);
        var page = await context.NewPageAsync();
        if (!isKnown)
        {
            await page.GotoAsync("/console/sign-in");
            await FillSignInAsync(page, id);
            _sessions[id] = await context.StorageStateAsync();
        }

        return page;
    }

    /// <summary>Fills in the sign-in that a page shows.</summary>
    public static async Task FillSignInAsync(IPage page, string id)
    {
        await page.FillAsync("#id", id);
        await page.FillAsync("#password", Password);
        await page.ClickAsync("button.primary");
        await page.WaitForSelectorAsync(".side .who");
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_served is not null)
        {
            await _served.DisposeAsync();
        }
    }

    /// <summary>Comes last: what ran had its files in here.</summary>
    public void Dispose() => _scratch.Dispose();

    private static async Task AddAsync(IPage page, string id, string role)
    {
        await page.GotoAsync("/console/people");
        await page.FillAsync("#id", id);
        await page.FillAsync("#name", id + " of the team");
        await page.SelectOptionAsync("#role", role);
        await page.FillAsync("#password", Password);
        await page.ClickAsync("form[action='/console/people'] button.primary");
        await page.WaitForSelectorAsync($"td:text-is('{id}')");
    }
}

/// <summary>All tests share the program and the browser.</summary>
[CollectionDefinition(Name)]
public sealed class ConsoleTests : ICollectionFixture<ConsoleFixture>
{
    public const string Name = "console";
}
