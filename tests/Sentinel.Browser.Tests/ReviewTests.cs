using Microsoft.Playwright;

namespace Sentinel.Browser.Tests;

/// <summary>What analysts do all day, in a real browser against the real program.</summary>
[Collection(ConsoleTests.Name)]
public sealed class ReviewTests(ConsoleFixture fixture)
{
    [FactIfBrowser]
    public async Task TwentyCases_AreDecidedWithTwoKeysEach()
    {
        var page = await fixture.SignInAsync("ana");
        await page.GotoAsync("/console/queue?kind=campaign&abuse=reasoning_extraction");
        for (var i = 0; i < 20; i++)
        {
            var first = await page.GetAttributeAsync(".queue tr[aria-selected='true']", "id");
            await page.Keyboard.PressAsync(i % 2 == 0 ? "b" : "a");
            await page.WaitForSelectorAsync("button[autofocus]");
            await page.Keyboard.PressAsync("Enter");
            var note = await page.WaitForSelectorAsync(".notice.good");
            Assert.Contains(first!["row-".Length..], await note!.InnerTextAsync(), StringComparison.Ordinal);
            Assert.Contains("kind=campaign&abuse=reasoning_extraction", page.Url, StringComparison.Ordinal); // The same queue, at the next case.
            Assert.Equal(0, await page.Locator($"[id='{first}']").CountAsync());
        }

        await page.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task OfTwoWhoDecideAtOnce_OneWinsAndTheOtherIsToldAndLosesNothing()
    {
        var (ana, ben) = (await fixture.SignInAsync("ana"), await fixture.SignInAsync("ben"));
        const string Decide = "/console/cases/case-cmp-28/decide?ruling=throttle";
        await ana.GotoAsync(Decide);
        await ben.GotoAsync(Decide);
        await ben.FillAsync("#reason", "Ben wrote this with care.");
        await ana.FillAsync("#reason", "Ana was first.");
        await ana.Keyboard.PressAsync("Control+Enter");
        await ana.WaitForSelectorAsync(".notice.good");
        await ben.Keyboard.PressAsync("Control+Enter");
        var told = await (await ben.WaitForSelectorAsync(".notice.bad"))!.InnerTextAsync();
        Assert.Contains("ana", told, StringComparison.Ordinal);
        Assert.Contains("Ana was first.", told, StringComparison.Ordinal);
        Assert.Equal("Ben wrote this with care.", await ben.InputValueAsync("#reason"));
        await ana.Context.CloseAsync();
        await ben.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task ARuling_IsTakenBackWithOneKey()
    {
        var page = await fixture.SignInAsync("ana");
        await page.GotoAsync("/console/cases/case-cmp-29");
        await page.Keyboard.PressAsync("c");
        await page.WaitForSelectorAsync("text=claimed by you");
        await page.Keyboard.PressAsync("b");
        await page.WaitForSelectorAsync("button[autofocus]");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync(".notice.good >> text=block");
        await page.Keyboard.PressAsync("u");
        await page.WaitForSelectorAsync("#case-title .tag >> text=reopened");
        Assert.Contains("took the ruling back", await page.InnerTextAsync(".history >> nth=-1"), StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task ManyAccounts_NeedASecondPerson()
    {
        var (ana, lea) = (await fixture.SignInAsync("ana"), await fixture.SignInAsync("lea"));
        await ana.GotoAsync("/console/cases/case-" + SeededStore.Large + "/decide?ruling=block&from=%2Fconsole%2Fqueue");
        Assert.Contains("5,000", await ana.InnerTextAsync(".effect"), StringComparison.Ordinal);
        await ana.Keyboard.PressAsync("Enter");
        await ana.WaitForSelectorAsync(".notice.warn >> text=waits for a second person");
        await ana.GotoAsync("/console/cases/case-" + SeededStore.Large);
        Assert.Equal(0, await ana.Locator("button:has-text('Agree')").CountAsync());
        await lea.GotoAsync("/console/queue?show=proposed");
        await lea.Keyboard.PressAsync("Enter");
        await lea.WaitForSelectorAsync("button:has-text('Agree')");
        await lea.Keyboard.PressAsync("y");
        var ruled = await lea.WaitForSelectorAsync(".notice.good");
        Assert.Contains("agreed by lea", await ruled!.InnerTextAsync(), StringComparison.Ordinal);
        await ana.Context.CloseAsync();
        await lea.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task AnAppeal_IsDecidedBySomebodyElse()
    {
        const string Case = "case-cmp-24";
        var (ana, lea) = (await fixture.SignInAsync("ana"), await fixture.SignInAsync("lea"));
        await ana.GotoAsync($"/console/cases/{Case}/decide?ruling=block");
        await ana.Keyboard.PressAsync("Enter");
        await ana.WaitForSelectorAsync(".notice.good");
        var me = await (await ana.APIRequest.GetAsync("/v1/review/me")).JsonAsync();
        var filed = await ana.APIRequest.PostAsync($"/v1/review/cases/{Case}/appeals", new APIRequestContextOptions
        {
            Headers = new Dictionary<string, string> { ["x-llm-sentinel-form"] = me!.Value.GetProperty("form_token").GetString()! },
            DataObject = new { id = "ticket-7", text = "We teach mathematics and need every step." },
        });
        Assert.True(filed.Ok, await filed.TextAsync());
        await ana.GotoAsync("/console/cases/" + Case);
        Assert.Equal(0, await ana.Locator("button:has-text('Overturn')").CountAsync());
        await lea.GotoAsync("/console/queue?show=appealed");
        await lea.Keyboard.PressAsync("Enter");
        await lea.FillAsync("[id='appeal-ticket-7']", "The school was verified by phone.");
        await lea.ClickAsync("button:has-text('Overturn')");
        await lea.WaitForSelectorAsync("#case-title .tag >> text=reopened");
        await ana.Context.CloseAsync();
        await lea.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task WordsThatAreRevealed_GoOnRecord()
    {
        var (ana, lea) = (await fixture.SignInAsync("ana"), await fixture.SignInAsync("lea"));
        await ana.GotoAsync("/console/accounts/acct-27-1");
        Assert.DoesNotContain("Answer in prose", await ana.InnerTextAsync("main"), StringComparison.Ordinal);
        await ana.FillAsync("[action$='/reveal'] [name=reason]", "To tell a tutor from a harvester.");
        await ana.ClickAsync("[action$='/reveal'] button");
        await ana.WaitForSelectorAsync("text=as they are kept");
        Assert.Contains("Answer in prose", await ana.InnerTextAsync("main"), StringComparison.Ordinal);
        await lea.GotoAsync("/console/audit?action=excerpts.revealed");
        var row = await lea.InnerTextAsync("tbody tr:first-child");
        Assert.Contains("ana", row, StringComparison.Ordinal);
        Assert.Contains("acct-27-1", row, StringComparison.Ordinal);
        Assert.Contains("To tell a tutor from a harvester.", row, StringComparison.Ordinal);
        await ana.Context.CloseAsync();
        await lea.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task ASessionThatEndsInTheMiddleOfAForm_LosesNothing()
    {
        var page = await fixture.SignInAsync("ben");
        await page.GotoAsync("/console/cases/case-cmp-27/decide?ruling=watch");
        await page.FillAsync("#reason", "Twenty minutes of thought.");
        await page.CheckAsync("[name=ruling][value=challenge]");
        await page.Context.ClearCookiesAsync();
        await page.ClickAsync("button[autofocus]");
        await page.WaitForURLAsync("**/sign-in?**");
        await ConsoleFixture.FillSignInAsync(page, "ben");
        Assert.Equal("Twenty minutes of thought.", await page.InputValueAsync("#reason"));
        Assert.True(await page.IsCheckedAsync("[name=ruling][value=challenge]"));
        await page.ClickAsync("button[autofocus]");
        await page.WaitForSelectorAsync(".notice.good >> text=Twenty minutes of thought.");
        await page.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task TheQueue_ShowsWhatOthersDoWithoutReload()
    {
        var (ana, ben) = (await fixture.SignInAsync("ana"), await fixture.SignInAsync("ben"));
        await ana.GotoAsync("/console/queue?sort=newest");
        await ben.GotoAsync("/console/cases/case-cmp-26");
        await ben.Keyboard.PressAsync("c");
        await ben.WaitForSelectorAsync("text=claimed by you");
        await ana.WaitForSelectorAsync("#row-case-cmp-26 >> text=ben");
        await ana.Context.CloseAsync();
        await ben.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task AQueue_CanBeWalkedAndExplainedByKeys()
    {
        var page = await fixture.SignInAsync("lea");
        await page.GotoAsync("/console/queue");
        var first = await page.GetAttributeAsync(".queue tr[aria-selected='true']", "id");
        await page.Keyboard.PressAsync("j");
        Assert.NotEqual(first, await page.GetAttributeAsync(".queue tr[aria-selected='true']", "id"));
        await page.Keyboard.PressAsync("k");
        Assert.Equal(first, await page.GetAttributeAsync(".queue tr[aria-selected='true']", "id"));
        await page.Keyboard.PressAsync("?");
        Assert.True(await page.IsVisibleAsync("#keys"));
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/console/cases/**");
        await page.Context.CloseAsync();
    }
}
