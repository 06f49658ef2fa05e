using Sentinel.Storage.Tests.Children;

return await ChildProcess.RunAsync(args);
