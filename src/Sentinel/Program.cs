// The entry point wires verbs to what they do; SentinelProgram runs one of them.
using Sentinel.Hosting;
using Sentinel.Hosting.CommandLine;

var nyi = (object _) => Task.FromResult(1);
var actions = new VerbActions(nyi, nyi, nyi, nyi, nyi, () => Task.FromResult(0));
return await SentinelProgram.RunAsync(args, actions, Console.Out, Console.Error);
