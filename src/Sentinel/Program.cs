// The entry point wires verbs to what they do; SentinelProgram runs one of them.
using Sentinel.Hosting;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Commands;
using Sentinel.Hosting.Terminal;

var clock = TimeProvider.System;
var screen = Screen.OfProcess(clock);
var actions = new VerbActions(
    Replay: new ReplayCommand(screen, clock).RunAsync,
    Score: new ScoreCommand(screen, clock).RunAsync,
    Serve: new ServeCommand(screen, clock).RunAsync,
    Demo: new DemoCommand(screen, clock).RunAsync,
    Simulate: new SimulateCommand(screen, clock).RunAsync,
    Train: new TrainCommand(screen).RunAsync,
    Models: new ModelsCommand(screen, clock).RunAsync,
    Evaluate: new EvaluateCommand(screen, clock).RunAsync,
    EvaluateModels: new EvaluateModelsCommand(screen).RunAsync,
    Report: new ReportCommand(screen, clock).RunAsync,
    Audit: new AuditCommand(screen, clock).RunAsync,
    Version: new VersionCommand(screen).RunAsync);
return await SentinelProgram.RunAsync(args, actions, Console.Out, Console.Error);
