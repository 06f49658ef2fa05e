using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Sentinel.Browser.Tests;

/// <summary>Many cases at once, who belongs to a case, and finding one's way, in a real browser.</summary>
[Collection(ConsoleTests.Name)]
public sealed class TogetherTests(ConsoleFixture fixture)
{
    [FactIfBrowser]
    public async Task CasesOfATag_AreDecidedTogether_AndTakenBackTogether_ByKeysAlone()
    {
        var page = await fixture.SignInAsync("ana");
        foreach (var id in new[] { "case-cmp-30", "case-cmp-31" })
        {
            await page.GotoAsync("/console/cases/" + id);
            await page.Keyboard.PressAsync("t");
            await page.Keyboard.TypeAsync("wave, one frame");
            await page.Keyboard.PressAsync("Enter");
            await page.WaitForSelectorAsync("#case .tag.own >> text=#wave");
        }

        await page.GotoAsync("/console/queue?tag=wave");
        await page.Keyboard.PressAsync("x");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("x");
        await page.WaitForSelectorAsync(".bulk >> text=With 2 selected");
        await page.WaitForResponseAsync("**/queue/rows?**"); // The rows may be shown anew; what was selected stays so.
        await page.Keyboard.PressAsync("d");
        await page.WaitForSelectorAsync("h1 >> text=Decide together");
        await page.WaitForSelectorAsync(".effect li:has-text('6') >> text=accounts in all of them");
        Assert.Equal(2, await page.Locator("td >> text=will be done").CountAsync());
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("h1 >> text=2 of 2 cases decided");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(ConsoleFixture.Pictures, "together-done.png"), FullPage = true });
        await page.Keyboard.PressAsync("u");
        await page.WaitForSelectorAsync("h1 >> text=2 of 2 cases taken back");
        await page.Keyboard.PressAsync("Escape");
        await page.WaitForSelectorAsync("#row-case-cmp-30 >> text=reopened");
        Assert.Contains("tag=wave", page.Url, StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task MoreAccountsThanOnePersonMay_AreAgreedToTogetherByASecond()
    {
        var (ana, lea) = (await fixture.SignInAsync("ana"), await fixture.SignInAsync("lea"));
        var me = await (await ana.APIRequest.GetAsync("/v1/review/me")).JsonAsync();
        for (var i = 32; i < 41; i++)
        {
            var answer = await ana.APIRequest.PutAsync($"/v1/review/cases/case-cmp-{i}/tags", new APIRequestContextOptions
            {
                Headers = new Dictionary<string, string> { ["x-llm-sentinel-form"] = me!.Value.GetProperty("form_token").GetString()! },
                DataObject = new { tags = new[] { "ring" } },
            });
            Assert.True(answer.Ok, await answer.TextAsync());
        }

        await ana.GotoAsync("/console/queue?tag=ring");
        await ana.CheckAsync("[data-all=case]");
        await ana.Keyboard.PressAsync("d");
        await ana.WaitForSelectorAsync(".notice.warn >> text=second person");
        await ana.UncheckAsync("[value$=':case-cmp-40']"); // One is left out, and 24 accounts are not 27: told when it is done.
        await ana.CheckAsync("[value$=':case-cmp-40']");
        await ana.ClickAsync("button[autofocus]");
        await ana.WaitForSelectorAsync("h1 >> text=9 of 9 cases proposed");
        await ana.GotoAsync("/console/queue?show=proposed&tag=ring");
        Assert.Equal(0, await ana.Locator("[value=approve]").CountAsync());

        await lea.GotoAsync("/console/queue?show=proposed&tag=ring");
        await lea.CheckAsync("[data-all=case]");
        await lea.Keyboard.PressAsync("y");
        await lea.WaitForSelectorAsync("h1 >> text=Agree to what was proposed");
        Assert.Equal(9, await lea.Locator("td >> text=by ana").CountAsync());
        await lea.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(ConsoleFixture.Pictures, "together-agree.png"), FullPage = true });
        await lea.Keyboard.PressAsync("Enter");
        await lea.WaitForSelectorAsync("h1 >> text=9 of 9 cases agreed to");
        await lea.GotoAsync("/console/cases/case-cmp-33");
        Assert.Contains("agreed by lea", await lea.InnerTextAsync(".notice.good"), StringComparison.Ordinal);
        await ana.Context.CloseAsync();
        await lea.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task Members_AreTakenOutSplitOffAndMergedIn()
    {
        var page = await fixture.SignInAsync("ana");
        await page.GotoAsync("/console/cases/case-cmp-22");
        await page.CheckAsync("[name=account][value=acct-22-0]");
        await page.FillAsync("#change-reason", "A tutor whom we know.");
        await page.ClickAsync("button[value=exclude]");
        await page.WaitForSelectorAsync("text=1 account was taken out");
        Assert.Equal(0, await page.Locator("[name=account][value=acct-22-0]").CountAsync());
        await page.CheckAsync("[name=account][value=acct-22-1]");
        await page.FillAsync("#change-reason", "Another hand.");
        await page.ClickAsync("button[value=split]");
        await page.WaitForURLAsync("**/case-cmp-22-s3*");
        Assert.Equal(1, await page.Locator("[name=account]").CountAsync());
        await page.GotoAsync("/console/cases/case-cmp-22");
        await page.Keyboard.PressAsync("m");
        await page.Keyboard.TypeAsync("case-cmp-22-s3");
        await page.FillAsync("#merge-reason", "One hand after all.");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync(".history >> text=took over case-cmp-22-s3");
        await page.WaitForSelectorAsync("[name=account][value=acct-22-1]");
        await page.GotoAsync("/console/cases/case-cmp-22-s3");
        await page.WaitForSelectorAsync("#case .notice >> text=case-cmp-22");
        await page.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task ACase_IsGivenAndFoundAndComeBackFrom()
    {
        var (ana, ben) = (await fixture.SignInAsync("ana"), await fixture.SignInAsync("ben"));
        await ana.GotoAsync("/console/cases/case-cmp-23");
        await ana.Keyboard.PressAsync("g");
        await ana.SelectOptionAsync("#to", "ben");
        await ana.ClickAsync("[action$='/assign'] button");
        await ana.WaitForSelectorAsync("text=given to ben");
        await ben.GotoAsync("/console/queue?show=given&sort=oldest");
        await ben.ClickAsync(".views summary");
        await ben.FillAsync(".views [name=name]", "Mine, oldest first");
        await ben.Keyboard.PressAsync("Enter");
        await ben.WaitForSelectorAsync(".views a[aria-current] >> text=Mine, oldest first");
        await ben.Keyboard.PressAsync("Enter"); // Opens the selected case.
        await ben.WaitForURLAsync("**/console/cases/case-cmp-23?**");
        await ben.Keyboard.PressAsync("b");
        await ben.WaitForSelectorAsync("button[autofocus]");
        await ben.Keyboard.PressAsync("Enter");
        await ben.WaitForSelectorAsync(".notice.good >> text=case-cmp-23");
        Assert.Matches(new Regex("show=given.*sort=oldest"), ben.Url);
        await ben.ClickAsync(".views summary");
        await ben.ClickAsync(".views button >> text=Remove");
        await ben.WaitForSelectorAsync(".views a.kept", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });

        await ben.Keyboard.PressAsync("/");
        await ben.Keyboard.TypeAsync("pool-0001");
        await ben.Keyboard.PressAsync("Enter");
        await ben.ClickAsync("main a >> text=pool-0001");
        await ben.ClickAsync("tr:has-text('payment') a");
        await ben.WaitForSelectorAsync("h2 >> text=payment");
        await ben.WaitForSelectorAsync("main a >> text=pool-0001");
        await ana.Context.CloseAsync();
        await ben.Context.CloseAsync();
    }

    [FactIfBrowser]
    public async Task WithoutScript_CasesAreDecidedTogetherAllTheSame()
    {
        var page = await fixture.SignInAsync("ana", hasScript: false);
        await page.GotoAsync("/console/cases/case-cmp-41");
        await page.ClickAsync("summary >> text=Tags");
        await page.FillAsync("#tags", "plain");
        await page.ClickAsync("[action$='/tags'] button");
        await page.GotoAsync("/console/queue?tag=plain");
        await page.CheckAsync("[value$=':case-cmp-41']");
        await page.ClickAsync("[value=rule]");
        await page.CheckAsync("[name=ruling][value=watch]");
        await page.ClickAsync("button.primary");
        await page.WaitForSelectorAsync("h1 >> text=1 of 1 case decided");
        await page.ClickAsync("text=Undo all");
        await page.WaitForSelectorAsync("h1 >> text=1 of 1 case taken back");
        await page.Context.CloseAsync();
    }
}
