using System.Text;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.State;
using Sentinel.Testing;

namespace Sentinel.Detection.Tests.State;

/// <summary>A profile by itself, as it goes to the campaigns lane: one after another, with something before and after.</summary>
public class PackedProfileTests
{
    private readonly StateWriter _writer = new();

    [Fact]
    public void Read_AnyProfilesInALargerPiece_AreTheSameInEveryField()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            var (one, two) = (Make(seed), Make(-seed));
            _writer.Clear();
            _writer.PutText("before");
            var lastMs = PackedProfile.Write(_writer, one);
            PackedProfile.Write(_writer, two);
            _writer.PutText("after");
            var from = new StateReader(_writer.Written);
            Assert.Equal("before", from.TakeText());
            AssertSame(one, PackedProfile.Read(ref from), seed);
            AssertSame(two, PackedProfile.Read(ref from), seed);
            Assert.Equal("after", from.TakeText());
            Assert.True(from.IsAtEnd);

            // What counts from the latest exchange must count from the same one again.
            var packed = Pack(one);
            var again = new StateReader(packed);
            var profile = new AccountProfile(again.TakeBytes());
            Assert.Equal(lastMs, PackedProfile.ReadAfterId(profile, ref again));
            Assert.True(again.IsAtEnd);
            Assert.Equal(packed, Pack(profile));
        }
    }

    [Fact]
    public void ReadAfterId_IntoAUsedProfileThatBecameAnother_LeavesNothingOfIt()
    {
        var used = Make(1);
        for (var seed = 2; seed <= 200; seed++)
        {
            var profile = Make(seed);
            AccountMaker.Fill(used, new Random(-seed));
            var from = new StateReader(Pack(profile));
            var id = from.TakeBytes();
            used.Become(id, KeyHash.Of(id));
            PackedProfile.ReadAfterId(used, ref from);
            AssertSame(profile, used, seed);
        }
    }

    [Fact]
    public void Write_AnAccount_BeginsWithItsProfile()
    {
        var account = new AccountState();
        var id = "account"u8;
        account.Become(7, id, KeyHash.Of(id));
        AccountMaker.Fill(account, new Random(1));
        _writer.Clear();
        PackedAccount.Write(_writer, account);
        var packed = _writer.Written.ToArray();
        var profile = Pack(account.Profile);
        Assert.Equal(profile, packed[..profile.Length]);
    }

    [Fact]
    public void Write_OneExchangeOfNothing_TakesTheFewestBytes()
    {
        var least = new AccountProfile([]) { ExchangeCount = 1 };
        least.Schedule.Restore([0, 0, 256, 0, 0, 0, 0, 0]);
        Assert.Equal(PackedProfile.BytesMin, Pack(least).Length);
        Assert.True(Pack(new AccountProfile([])).Length >= PackedProfile.BytesMin);
        Assert.All(Enumerable.Range(1, 500), seed => Assert.True(Pack(Make(seed)).Length >= PackedProfile.BytesMin));
    }

    [Fact]
    public void Read_FewerBytes_IsInvalidData()
    {
        var packed = Pack(Make(3));
        for (var length = 0; length < packed.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Read(packed.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Read_SpoiltBytes_IsAProfileOrInvalidData()
    {
        var (read, refused) = (0, 0);
        for (var seed = 1; seed <= 3_000; seed++)
        {
            var spoilt = ByteMutator.Mutate(new Random(seed), Pack(Make(seed % 20)));
            try
            {
                Pack(Read(spoilt));
                read++;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
    }

    private static void AssertSame(AccountProfile expected, AccountProfile actual, int seed) =>
        Assert.True(AccountMaker.Describe(expected) == AccountMaker.Describe(actual), $"Seed {seed}");

    private static AccountProfile Read(ReadOnlySpan<byte> packed)
    {
        var from = new StateReader(packed);
        return PackedProfile.Read(ref from);
    }

    private static AccountProfile Make(int seed)
    {
        var profile = new AccountProfile(Encoding.UTF8.GetBytes($"account-{seed}"));
        AccountMaker.Fill(profile, new Random(seed));
        return profile;
    }

    private byte[] Pack(AccountProfile profile)
    {
        _writer.Clear();
        PackedProfile.Write(_writer, profile);
        return _writer.Written.ToArray();
    }
}
