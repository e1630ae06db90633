package lagwarden;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerExtensionsValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;

/**
 * What stands in for MSK's IAM: accepts a presigned URL of kafka-cluster:Connect, as base64url, that one known key has
 * signed for one region. It computes the signature anew (SigV4, query string) from the URL itself.
 *
 * A token that is wrong is refused as MSK does, with a message; one that has expired as RFC 7628 has it, with an error
 * in the answer that the client must acknowledge, which is what Kafka's own validator does.
 */
public final class MskIamTokenValidator implements AuthenticateCallbackHandler {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private String accessKeyId;
    private String secretAccessKey;
    private String region;

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> jaas) {
        Map<String, ?> options = jaas.get(0).getOptions();
        accessKeyId = (String) options.get("accessKeyId");
        secretAccessKey = (String) options.get("secretAccessKey");
        region = (String) options.get("region");
    }

    @Override
    public void close() {}

    @Override
    public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof OAuthBearerValidatorCallback validation) validate(validation);
            else if (callback instanceof OAuthBearerExtensionsValidatorCallback extensions)
                extensions.inputExtensions().map().keySet().forEach(extensions::valid);
            else throw new UnsupportedCallbackException(callback);
        }
    }

    private void validate(OAuthBearerValidatorCallback callback) {
        URI url = URI.create(new String(Base64.getUrlDecoder().decode(callback.tokenValue()), StandardCharsets.UTF_8));
        // Still encoded, sorted by name: the canonical query string is made of them as they are.
        TreeMap<String, String> query = new TreeMap<>();
        for (String pair : url.getRawQuery().split("&")) {
            String[] parts = pair.split("=", 2);
            query.put(parts[0], parts[1]);
        }
        String signature = query.remove("X-Amz-Signature");
        query.remove("User-Agent");
        String time = query.get("X-Amz-Date");
        String scope = time.substring(0, 8) + "/" + region + "/kafka-cluster/aws4_request";
        demand(url.getHost().equals("kafka." + region + ".amazonaws.com"), "host");
        demand(query.get("Action").equals("kafka-cluster%3AConnect"), "action");
        demand(query.get("X-Amz-Credential").equals((accessKeyId + "/" + scope).replace("/", "%2F")), "credential");
        demand(sign(url.getHost(), time, scope, query).equals(signature), "signature");

        long startMs = Instant.from(TIME.parse(time)).toEpochMilli();
        long endMs = startMs + 1000L * Integer.parseInt(query.get("X-Amz-Expires"));
        if (endMs <= System.currentTimeMillis()) callback.error("invalid_token", null, null);
        else callback.token(new Token(callback.tokenValue(), accessKeyId, startMs, endMs));
    }

    /** The reason goes to the broker's log only: MSK tells the client nothing but this. */
    private static void demand(boolean holds, String what) {
        if (holds) return;
        System.err.println("MskIamTokenValidator: refused for its " + what);
        throw new SaslAuthenticationException("[00000000-0000-0000-0000-000000000000]: Access denied");
    }

    private String sign(String host, String time, String scope, TreeMap<String, String> query) {
        StringBuilder canonicalQuery = new StringBuilder();
        query.forEach((name, value) ->
                canonicalQuery.append(canonicalQuery.isEmpty() ? "" : "&").append(name).append("=").append(value));
        try {
            String request = "GET\n/\n" + canonicalQuery + "\nhost:" + host + "\n\nhost\n" + hex(sha256(""));
            String toSign = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + hex(sha256(request));
            byte[] key = ("AWS4" + secretAccessKey).getBytes(StandardCharsets.UTF_8);
            for (String part : scope.split("/")) key = hmac(key, part);
            return hex(hmac(key, toSign));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] sha256(String text) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private record Token(String value, String principalName, Long startTimeMs, long lifetimeMs)
            implements OAuthBearerToken {
        @Override
        public Set<String> scope() {
            return Set.of();
        }
    }
}
