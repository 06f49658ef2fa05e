using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

/// <summary>Tests over the one engine, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OneEngine : ICollectionFixture<StoreEngine>
{
    public const string Name = "engine";
}
