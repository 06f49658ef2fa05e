using System.Diagnostics;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace Sentinel.Browser.Tests;

/// <summary>Every page, as it is seen: in both themes and both widths, with hostile texts, at its largest.</summary>
[Collection(ConsoleTests.Name)]
public sealed class PageTests(ConsoleFixture fixture, ITestOutputHelper output)
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("queue", "/console/queue"), ("campaign", "/console/cases/case-cmp-25"), ("account", "/console/accounts/acct-25-1"),
        ("decide", "/console/cases/case-cmp-25/decide?ruling=block"), ("overview", "/console/overview"),
        ("workloads", "/console/workloads"), ("policies", "/console/policies"), ("people", "/console/people"),
        ("audit", "/console/audit"), ("missing", "/console/nowhere"), ("search", "/console/search?q=acct-25-1"),
        ("bulk", "/console/bulk?deed=rule&case=1:case-cmp-20&case=1:case-cmp-21&case=1:case-cmp-large"),
        ("webhooks", "/console/webhooks"),
    ];

    // Every text that is in sight against the ground that is behind it, as the browser has worked both out.
    private const string FaintTexts = """
        () => {
          const read = (text) => { const [r, g, b, a = 1] = (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number); return { r, g, b, a }; };
          const light = ({ r, g, b }) => [r, g, b].map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
            .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
          const groundOf = (element) => {
            for (let one = element; one; one = one.parentElement) {
              const ground = read(getComputedStyle(one).backgroundColor);
              if (ground.a > 0.99) { return ground; }
            }
            return { r: 255, g: 255, b: 255 };
          };
          const faint = [];
          for (const element of document.querySelectorAll("body *")) {
            const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
            const style = getComputedStyle(element);
            if (!own || !element.getClientRects().length || style.visibility !== "visible" || element.disabled
              || element.closest(".graph svg, .unseen, title, desc, option")) { continue; }
            const front = read(element.closest("svg") ? style.fill : style.color);
            const [one, other] = [light(front), light(groundOf(element))].sort((a, b) => b - a);
            const ratio = (one + 0.05) / (other + 0.05);
            if (ratio < 4.5) { faint.push(`${ratio.toFixed(2)} ${element.tagName}.${element.getAttribute("class")}: ${element.textContent.trim().slice(0, 40)}`); }
          }
          return faint;
        }
        """;

    [FactIfBrowser]
    public async Task EveryPage_IsWholeInBothThemesAndWidths()
    {
        // Loaded at each width, as pages are; a theme changes under the reader's eyes.
        foreach (var width in new[] { 1280, 390 })
        {
            var page = await fixture.SignInAsync("admin", width);
            var complaints = Complaints(page);
            foreach (var (name, path) in Pages)
            {
                await page.GotoAsync(path);
                Assert.Equal(1, await page.Locator("h1").CountAsync());
                Assert.Equal(1, await page.Locator("main").CountAsync());
                foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
                {
                    await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = theme });
                    Assert.True(
                        await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth + 1"),
                        $"{name} is wider than {width}.");
                    Assert.Empty(await page.EvaluateAsync<string[]>(FaintTexts));
                    await page.ScreenshotAsync(new PageScreenshotOptions
                    {
                        Path = Path.Combine(ConsoleFixture.Pictures, $"{name}-{(theme == ColorScheme.Dark ? "dark" : "light")}-{width}.png"), FullPage = true,
                    });
                }
            }

            Assert.DoesNotContain(complaints, static one => !one.Contains("404", StringComparison.Ordinal));
            await page.Context.CloseAsync();
        }
    }

    [FactIfBrowser]
    public async Task HostileTexts_AreShownAsText()
    {
        const string Exchange = """
            {"event_id":"hostile-1","occurred_at":"AT","account":{"id":"evil-1","email_domain":"ATTACK","plan":"ATTACK"},
            "client":{"ip":"203.0.113.9","user_agent":"ATTACK"},"request":{"model":"ATTACK","system":"ATTACK",
            "messages":[{"role":"user","content":"ATTACK show your reasoning step by step"}],"tools":["ATTACK"]},"response":{"status":200}}
            """;
        var attack = SeededStore.Attack.Replace("\"", "\\\"", StringComparison.Ordinal);
        using var body = Sentinel.EndToEnd.Tests.ServedProgram.Ndjson(
        [
            Exchange.Replace("\n", "", StringComparison.Ordinal).Replace("ATTACK", attack, StringComparison.Ordinal)
                .Replace("AT\"", "2026-11-20T10:00:00Z\"", StringComparison.Ordinal),
        ]);
        Assert.True((await fixture.Client.PostAsync("/v1/exchanges", body)).IsSuccessStatusCode);
        var page = await fixture.SignInAsync("admin");
        var complaints = Complaints(page);
        string[] paths =
        [
            "/console/queue", "/console/campaigns/" + SeededStore.Hostile, "/console/accounts/evil-1",
            "/console/accounts/" + Uri.EscapeDataString(SeededStore.Attack),
            "/console/audit?by=" + Uri.EscapeDataString("\"><script>window.attacked=1</script>"),
            "/console/search?q=" + Uri.EscapeDataString(SeededStore.Attack),
            "/console/queue?tag=" + Uri.EscapeDataString("\"><img src=x onerror=window.attacked=1>"),
            "/console/queue?at=" + Uri.EscapeDataString("\"><script>window.attacked=1</script>"),
            "/console/bulk?case=" + Uri.EscapeDataString("1:" + SeededStore.Attack),
        ];
        foreach (var path in paths)
        {
            await page.GotoAsync(path);
            Assert.True(await page.EvaluateAsync<bool>("window.attacked === undefined"), path);
            Assert.Equal(0, await page.Locator("main img, main script").CountAsync());
        }

        // What people write is no safer: tags, notes and names of views.
        await page.GotoAsync("/console/cases/case-" + SeededStore.Hostile);
        await page.Keyboard.PressAsync("t");
        await page.FillAsync("#tags", "<b onclick=window.attacked=1>x</b>");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("#case .tag.own");
        await page.Keyboard.PressAsync("n");
        await page.FillAsync("#note-text", SeededStore.Attack);
        await page.Keyboard.PressAsync("Control+Enter");
        await page.WaitForSelectorAsync(".history >> text=noted: <script>");
        await page.GotoAsync("/console/queue");
        await page.ClickAsync(".views summary");
        await page.FillAsync(".views [name=name]", "<img src=x onerror=window.attacked=1>");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync(".views a.kept");
        Assert.True(await page.EvaluateAsync<bool>("window.attacked === undefined"));
        Assert.Equal(0, await page.Locator("main img, main script, main b").CountAsync());

        await page.GotoAsync("/console/campaigns/" + SeededStore.Hostile);
        Assert.Contains("<script>", await page.InnerTextAsync(".frame >> nth=0"), StringComparison.Ordinal);
        Assert.DoesNotContain(complaints, static one => one.Contains("Content Security", StringComparison.Ordinal));
        await page.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task ACampaignOfThousands_IsUsableAtOnce()
    {
        const int UsableMsMax = 5_000; // Generous: other programs run beside tests. What it took is in the output.
        var page = await fixture.SignInAsync("admin");
        await page.GotoAsync("/console/campaigns/" + SeededStore.Large);
        var began = Stopwatch.GetTimestamp();
        await page.GotoAsync("/console/campaigns/" + SeededStore.Large);
        await page.ClickAsync("[data-zoom=in]");
        var usable = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        var answered = await page.EvaluateAsync<double>(
            "(([one]) => one.responseEnd - one.requestStart)(performance.getEntriesByType('navigation'))");
        output.WriteLine($"answered in {answered:0} ms, usable after {usable:0} ms");
        Assert.True(usable < UsableMsMax);
        Assert.InRange(await page.Locator("svg.drawing circle, svg.drawing rect").CountAsync(), 10, 400);
        await page.UncheckAsync("[data-kind=device]");
        Assert.False(await page.Locator("svg.drawing .tie-device >> nth=0").IsVisibleAsync());
        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(ConsoleFixture.Pictures, "campaign-of-thousands.png"), FullPage = true,
        });
        await page.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task AStranger_SeesTheSignInAlone()
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = fixture.Address };
        foreach (var (_, path) in Pages)
        {
            var answer = await client.GetAsync(path);
            Assert.Equal(303, (int)answer.StatusCode);
            Assert.StartsWith("/console/sign-in?return=%2Fconsole", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        }

        var signIn = await client.GetAsync("/console/sign-in?return=https://elsewhere.example/");
        Assert.DoesNotContain("elsewhere", await signIn.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", string.Join(' ', signIn.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    private static List<string> Complaints(IPage page)
    {
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        return complaints;
    }
}
