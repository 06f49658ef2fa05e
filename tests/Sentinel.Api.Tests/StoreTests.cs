using Sentinel.Testing;

namespace Sentinel.Api.Tests;

/// <summary>Tests over the one engine, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class StoreTests : ICollectionFixture<StoreEngine>
{
    public const string Name = "store";
}
