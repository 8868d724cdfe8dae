package io.tapstack.tcp.demux;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.SipHash;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The listener of a connection: an exact address, "any" of the family, or :: for both (RFC 3493 3.7, 5.3). */
class ListenerTableTest {

    private static final Endpoint IPV4_PEER = new Endpoint(IpAddress.parse("192.0.2.9"), 40_000);
    private static final Endpoint IPV6_PEER = new Endpoint(IpAddress.parse("2001:db8::9"), 40_000);

    private final ListenerTable<Stub> table = new ListenerTable<>(SipHash.random(new SplittableRandom(5)));

    private void add(final String name, final String address, final boolean ipv6Only) {
        table.add(new Stub(name, new Endpoint(IpAddress.parse(address), 80), ipv6Only));
    }

    private String find(final String local) {
        final IpAddress address = IpAddress.parse(local);
        final Stub found = table.find(new Endpoint(address, 80), address.isIpv4() ? IPV4_PEER : IPV6_PEER);
        return found == null ? "none" : found.name;
    }

    @ParameterizedTest
    @CsvSource({
        // listeners, to 192.0.2.1, to 192.0.2.2, to 2001:db8::1, to 2001:db8::2
        "1111, one4, any4, one6, any6",
        "0111, any4, any4, one6, any6",
        "0011, any6, any6, one6, any6",
        "0001, any6, any6, any6, any6",
        "1100, one4, any4, none, none",
        "0010, none, none, one6, none",
        "1112, one4, any4, one6, any6",
        "1012, one4, none, one6, any6",
        "0002, none, none, any6, any6",
    })
    void theMostExactListenerIsFound(
            final String listeners, final String one4, final String other4, final String one6, final String other6) {
        if (listeners.charAt(0) == '1') {
            add("one4", "192.0.2.1", false);
        }
        if (listeners.charAt(1) == '1') {
            add("any4", "0.0.0.0", false);
        }
        if (listeners.charAt(2) == '1') {
            add("one6", "2001:db8::1", false);
        }
        if (listeners.charAt(3) != '0') {
            add("any6", "::", listeners.charAt(3) == '2');
        }
        assertThat(List.of(find("192.0.2.1"), find("192.0.2.2"), find("2001:db8::1"), find("2001:db8::2")))
                .containsExactly(one4, other4, one6, other6);
    }

    @Test
    void ofSeveralOnlyThoseOfBothFamiliesShareIpv4() {
        add("only", "::", true);
        add("first", "::", false);
        add("second", "::", false);
        final List<String> four = new ArrayList<>();
        final List<String> six = new ArrayList<>();
        for (int port = 1; port < 200; port++) {
            four.add(name(IPV4_PEER.address(), port));
            six.add(name(IPV6_PEER.address(), port));
        }
        assertThat(four).contains("first", "second").doesNotContain("only");
        assertThat(six).contains("first", "second", "only");
    }

    private String name(final IpAddress peer, final int port) {
        final Endpoint local = new Endpoint(IpAddress.parse(peer.isIpv4() ? "192.0.2.1" : "2001:db8::1"), 80);
        final Stub found = table.find(local, new Endpoint(peer, port));
        return found == null ? "none" : found.name;
    }

    /** A listener with a name. */
    private record Stub(String name, Endpoint local, boolean ipv6Only) implements TcpListener {

        @Override
        public TcpConfig config() {
            throw new UnsupportedOperationException();
        }

        @Override
        public @Nullable TcpConnection accept() {
            return null;
        }

        @Override
        public int pending() {
            return 0;
        }

        @Override
        public int halfOpen() {
            return 0;
        }

        @Override
        public int backlog() {
            return 0;
        }

        @Override
        public void backlog(final int connections) {}

        @Override
        public void observer(final Runnable newAcceptable) {}

        @Override
        public void close(final long nowNanos) {}
    }
}
