using System.Globalization;
using BenchmarkDotNet.Running;
using Sentinel.Benchmarks;

switch (args)
{
    case ["consumer"]:
        await ConsumerMeasurement.RunAsync();
        break;
    case ["restore", .. var rest]:
        await RestoreMeasurement.RunAsync(
            rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : RestoreMeasurement.AccountsDefault);
        break;
    case ["accounts", .. var rest]:
        AccountMeasurement.Run(
            rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : AccountMeasurement.AccountsDefault,
            rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : AccountMeasurement.ExchangesDefault);
        break;
    case ["links", .. var rest]:
        LinkMeasurement.Run(
            rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : LinkMeasurement.AccountsDefault);
        break;
    case ["cases", .. var rest]:
        await CaseMeasurement.RunAsync(
            rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : CaseMeasurement.CasesDefault);
        break;
    case ["campaign"]:
        await CampaignPageMeasurement.RunAsync();
        break;
    case ["report"]:
        await ReportMeasurement.RunAsync(ReportMeasurement.AccountsDefault, ReportMeasurement.ExchangesDefault);
        break;
    case ["report", var accounts, var exchanges]:
        await ReportMeasurement.RunAsync(
            int.Parse(accounts, CultureInfo.InvariantCulture), long.Parse(exchanges, CultureInfo.InvariantCulture));
        break;
    case ["report", "fill", var folder, var accounts, var exchanges]:
        await ReportMeasurement.FillAsync(
            folder, int.Parse(accounts, CultureInfo.InvariantCulture), long.Parse(exchanges, CultureInfo.InvariantCulture));
        break;
    case ["board", .. var rest]:
        BoardMeasurement.Run(
            rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : BoardMeasurement.EntriesDefault);
        break;
    case ["fronts"]:
        await FrontMeasurement.RunAsync(rounds: 31, requests: 8_000);
        break;
    case ["fronts", "serve", .. var settings]:
        await FrontServer.RunAsync(settings);
        break;
    case ["decisions"]:
        await DecisionMeasurement.RunAsync(TimeSpan.FromSeconds(15));
        break;
    case ["decisions", var seconds]:
        await DecisionMeasurement.RunAsync(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
        break;
    case ["soak", var minutes, var perSecond]:
        await SoakMeasurement.RunAsync(
            int.Parse(minutes, CultureInfo.InvariantCulture), int.Parse(perSecond, CultureInfo.InvariantCulture));
        break;
    case ["fuzz", var requests]:
        await FrontFuzz.RunAsync(int.Parse(requests, CultureInfo.InvariantCulture));
        break;
    case ["nginx", var program]:
        await NginxMeasurement.RunAsync(program);
        break;
    case ["fronts", "grpc"]:
        await FrontMeasurement.RunGrpcAsync(rounds: 31, requests: 8_000);
        break;
    case ["fronts", var rounds, var requests]:
        await FrontMeasurement.RunAsync(
            int.Parse(rounds, CultureInfo.InvariantCulture), int.Parse(requests, CultureInfo.InvariantCulture));
        break;
    case ["simulator"]:
        SimulatorMeasurement.Run(rounds: 9);
        break;
    case ["simulator", var rounds]:
        SimulatorMeasurement.Run(int.Parse(rounds, CultureInfo.InvariantCulture));
        break;
    case ["simulator", "memory", var millions, var scale]:
        SimulatorMeasurement.RunMemory(
            int.Parse(millions, CultureInfo.InvariantCulture), double.Parse(scale, CultureInfo.InvariantCulture));
        break;
    case ["lane"]:
        await LaneMeasurement.RunAsync(rounds: 9);
        break;
    case ["lane", "phases"]:
        LaneMeasurement.RunPhases();
        break;
    case ["lane", var rounds]:
        await LaneMeasurement.RunAsync(int.Parse(rounds, CultureInfo.InvariantCulture));
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
