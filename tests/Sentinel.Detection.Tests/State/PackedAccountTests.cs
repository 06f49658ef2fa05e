using System.Text;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.State;
using Sentinel.Testing;

namespace Sentinel.Detection.Tests.State;

public class PackedAccountTests
{
    private readonly StateWriter _writer = new();

    [Fact]
    public void ReadInto_AnyAccount_IsTheSameInEveryField()
    {
        var other = new AccountState();
        for (var seed = 1; seed <= 500; seed++)
        {
            var account = Make(seed);
            var packed = Pack(account);

            // What the object was before must not show.
            AccountMaker.Fill(other, new Random(-seed));
            PackedAccount.ReadInto(other, account.Index, account.Profile.Key, packed);
            Assert.True(AccountMaker.Describe(account) == AccountMaker.Describe(other), $"Seed {seed}");
            Assert.Equal(packed, Pack(other));
            Assert.Equal(account.Profile.IdUtf8, PackedAccount.IdOf(packed));
            Assert.Equal(
                new AccountHead(account.Profile.Key, account.Profile.ExchangeCount, account.Profile.OrgKey),
                PackedAccount.HeadOf(packed));
        }
    }

    [Fact]
    public void Become_AnyAccount_IsLikeANewOne()
    {
        var used = Make(1);
        used.Become(7, "another"u8, 9);
        var made = new AccountState();
        made.Become(7, "another"u8, 9);
        Assert.Equal(AccountMaker.Describe(made), AccountMaker.Describe(used));
    }

    [Fact]
    public void ReadInto_FewerOrMoreBytes_IsInvalidData()
    {
        var packed = Pack(Make(3));
        for (var length = 0; length < packed.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => PackedAccount.ReadInto(new AccountState(), 0, 1, packed.AsSpan(0, length)));
        }

        Assert.Throws<InvalidDataException>(() => PackedAccount.ReadInto(new AccountState(), 0, 1, [.. packed, 0]));
    }

    [Fact]
    public void ReadInto_SpoiltBytes_IsAnAccountOrInvalidData()
    {
        var (read, refused) = (0, 0);
        for (var seed = 1; seed <= 3_000; seed++)
        {
            var random = new Random(seed);
            var spoilt = ByteMutator.Mutate(random, Pack(Make(seed % 20)));
            try
            {
                var account = new AccountState();
                PackedAccount.ReadInto(account, 0, 1, spoilt);
                Pack(account);
                read++;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
    }

    private static AccountState Make(int seed)
    {
        var account = new AccountState();
        var id = Encoding.UTF8.GetBytes($"account-{seed}");
        account.Become(seed, id, KeyHash.Of(id));
        AccountMaker.Fill(account, new Random(seed));
        return account;
    }

    private byte[] Pack(AccountState account)
    {
        _writer.Clear();
        PackedAccount.Write(_writer, account);
        return _writer.Written.ToArray();
    }
}
