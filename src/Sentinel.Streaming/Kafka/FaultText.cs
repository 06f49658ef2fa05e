using Confluent.Kafka;

namespace Sentinel.Streaming.Kafka;

/// <summary>The client's errors as sentences that say what to look at.</summary>
internal static class FaultText
{
    public static string Sentence(Error error, KafkaOptions options) => error.Code switch
    {
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed =>
            $"Kafka at {options.BootstrapServers} refused the user '{options.User}': wrong user or password, or "
            + "another mechanism than Kafka:Mechanism (see Kafka:User, Kafka:Password).",
        ErrorCode.Local_Ssl =>
            $"TLS with Kafka at {options.BootstrapServers} failed (see Kafka:Security, Kafka:CaFile): {error.Reason}",
        ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Transport or ErrorCode.Local_TimedOut
            or ErrorCode.Local_Resolve or ErrorCode.Local_MsgTimedOut or ErrorCode.RequestTimedOut =>
            $"Kafka at {options.BootstrapServers} does not answer (see Kafka:BootstrapServers): {error.Reason}",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed
            or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TransactionalIdAuthorizationFailed =>
            $"Kafka does not let {UserName(options)} do this: {error.Reason}. Grant it with kafka-acls.sh.",
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition =>
            $"Kafka has no such topic or partition: {error.Reason}",
        ErrorCode.Local_NotImplemented or ErrorCode.UnsupportedCompressionType =>
            $"The Kafka client lacks what this needs: {error.Reason}. ./sentinel setup --force builds it anew.",
        ErrorCode.FencedInstanceId or ErrorCode.Local_Fenced =>
            $"Another process uses the same Kafka:GroupInstanceId '{options.GroupInstanceId}'.",
        ErrorCode.MsgSizeTooLarge =>
            $"A record is longer than the topic takes (max.message.bytes): {error.Reason}",
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend =>
            $"Too few Kafka brokers are up for the topic's min.insync.replicas: {error.Reason}",
        ErrorCode.Local_BadMsg or ErrorCode.Local_BadCompression or ErrorCode.InvalidMsg =>
            $"A record is damaged on the broker or on the way: {error.Reason}",
        _ => $"Kafka: {error.Reason} ({error.Code})",
    };

    /// <summary>Waiting does not help; somebody has to change something.</summary>
    public static bool IsForGood(Error error) => error.IsFatal || error.Code is
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed
        or ErrorCode.ClusterAuthorizationFailed or ErrorCode.FencedInstanceId or ErrorCode.Local_Fenced
        or ErrorCode.Local_NotImplemented or ErrorCode.UnsupportedCompressionType;

    private static string UserName(KafkaOptions options) =>
        options.User.Length > 0 ? $"the user '{options.User}'" : "this client";
}
