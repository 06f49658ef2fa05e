using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sentinel.Api.Decisions;
using Sentinel.Api.Gateways;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Tests;

public sealed class DecisionJsonTests
{
    private static readonly string[] Texts =
        ["a", "", "\"\\/<>&'+", "\u0001\n\u007f\u0080\u2028", "数据 é 🦊", "\ue000\u00ad", new string('\u0001', 256)];

    [Fact]
    public void Write_AnyDecision_IsWhatTheSerializerMakesOfTheAnswer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSentinelApi();
        using var services = builder.Services.BuildServiceProvider();
        var options = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var policy = new GatewayPolicy(new GatewayOptions(), new ApiOptions(), policyVersion: 3);
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var account = Texts[random.Next(Texts.Length)];
            var decision = new GatewayDecision
            {
                Action = (DecisionAction)random.Next(6),
                Reason = Texts[random.Next(Texts.Length)],
                DecisionId = Texts[random.Next(Texts.Length)],
                CampaignId = random.Next(2) == 0 ? null : Texts[random.Next(Texts.Length)],
                Level = (VerdictLevel)random.Next(4),
                TtlSeconds = random.Next(),
                IsStale = random.Next(2) == 0,
                StaleFor = random.Next(4) == 0 ? null : TimeSpan.FromTicks(random.NextInt64(long.MaxValue) >> random.Next(63)),
                FailMode = FailMode.Open,
                PolicyVersion = random.Next(),
            };
            var space = new byte[DecisionJson.BytesMax(account, decision)];
            var length = DecisionJson.Write(space, account, decision, policy);
            Assert.Equal(
                JsonSerializer.Serialize(DecisionAnswer.From(account, decision, policy), options),
                Encoding.UTF8.GetString(space, 0, length));
        }
    }
}
