using System.Text;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Tests.State;
using Sentinel.Testing;

namespace Sentinel.Detection.Tests.Accounts;

public class AccountTableTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    public void GetOrAdd_ManyAccounts_FindsEachByItsFullId(int unpackedMax)
    {
        var table = new AccountTable(20_000, unpackedMax, static () => 0);
        for (var i = 0; i < 20_000; i++)
        {
            var account = table.GetOrAdd(IdOf(i))!;
            Assert.Equal(i, account.Index);
            account.ExchangesTold = i;
        }

        for (var i = 0; i < 20_000; i += 7)
        {
            Assert.Equal($"account-{i}", table.GetOrAdd(IdOf(i))!.Profile.Id);
            Assert.Equal(i, table[i].ExchangesTold);
            Assert.Equal(table[i].Profile.Key, table.HeadOf(i).Key);
        }

        Assert.Equal(Math.Min(unpackedMax, 20_000), table.UnpackedCount);
        Assert.Null(table.GetOrAdd("one more"u8));
    }

    [Fact]
    public void GetOrAdd_HeldAccounts_StayTheSameObjects()
    {
        var table = new AccountTable(1_000, unpackedMax: 2, static () => 10);
        var held = Enumerable.Range(0, 10).Select(i => table.GetOrAdd(IdOf(i))!).ToArray();
        held.Take(5).ToList().ForEach(account => account.IsToBeTold = true);
        held.Skip(5).ToList().ForEach(account => account.Profile.SamplesHolding = 1);
        for (var i = 10; i < 1_000; i++)
        {
            table.GetOrAdd(IdOf(i));
        }

        Assert.All(held, account => Assert.Same(account, table[account.Index]));
        Assert.Equal(12, table.UnpackedCount);
    }

    [Fact]
    public void Item_AccountsThatTakeTurns_AllocatesNothing()
    {
        var table = new AccountTable(2_000, unpackedMax: 50, static () => 0);
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            AccountMaker.Fill(table.GetOrAdd(IdOf(i))!, random);
        }

        Assert.True(table.PackedBytes > 0);
        Pass(); // Objects have had room for the largest account that each becomes.
        Assert.InRange(AllocatedBytes.Of(Pass), 0, AllocatedBytes.CollectionMax);

        void Pass()
        {
            for (var round = 0; round < 20; round++)
            {
                for (var i = 0; i < 2_000; i++)
                {
                    table[i].Profile.ExchangeCount++;
                }
            }
        }
    }

    private static byte[] IdOf(int i) => Encoding.UTF8.GetBytes($"account-{i}");
}
