package io.tapstack.ndp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.Route;
import io.tapstack.time.Lifetime;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Any messages of Neighbor Discovery, at any time, with packets to send between them. The bytes of the input choose
 * among messages and options that are right or nearly so. After each step all tables are bounded and all addresses and
 * routes are such as a host may have; at the end nothing is left.
 */
class NdpFuzzTest {

    private static final int MOST_STEPS = 200;

    private static final String[] SOURCES = {
        "fe80::1", "fe80::b", "fe80::c", "2001:db8::7", "2001:db8::2", "::", "2001:db8:ffff::1", "fe80::2"
    };
    private static final String[] TARGETS = {
        "2001:db8::2", "fe80::2", "fe80::b", "2001:db8::7", "ff02::1", "2001:db8:ffff::1", "::", "fe80::1"
    };
    private static final String[] DESTINATIONS = {"ff02::1", "2001:db8::2", "ff02::1:ff00:2", "ff02::2", "fe80::2"};
    private static final String[] PREFIXES = {"2001:db8::", "2001:db8:1::", "fe80::", "::", "ff02::", "2001:db8:2::"};
    private static final int[] PREFIX_LENGTHS = {64, 64, 64, 0, 48, 128, 129, 255};
    private static final long[] LIFETIMES = {0, 1, 30, 600, 7200, 90_000, 0xFFFF_FFFFL, 0xFFFF_FFFEL};
    private static final int[] HOP_LIMITS = {255, 255, 255, 255, 255, 255, 255, 64};
    private static final double[] TIMES = {0.001, 0.5, 1, 5, 31, 1000, 7200, 200_000};

    @FuzzTest
    void anyMessages(final byte[] input) {
        final Bytes bytes = new Bytes(input);
        final NdpTrace host = new NdpTrace(NdpConfig.DEFAULT.withTemporaryAddresses(bytes.flag()));
        if (bytes.flag()) {
            host.assigned("2001:db8::2");
        } else {
            host.tentative("2001:db8::2");
        }
        host.start();
        for (int step = 0; step < MOST_STEPS && bytes.hasMore(); step++) {
            switch (bytes.choice(8)) {
                case 0 -> host.advanceSeconds(bytes.of(TIMES));
                case 1 -> host.send("2001:db8::2", bytes.of(SOURCES));
                default -> {
                    final byte[] message = message(bytes);
                    host.receive(
                            bytes.of(SOURCES),
                            bytes.of(DESTINATIONS),
                            HOP_LIMITS[bytes.choice(HOP_LIMITS.length)],
                            bytes.choice(32) == 31,
                            message);
                }
            }
            host.sent();
            check(host);
        }
        host.assertNothingLeaked();
    }

    /** The same without a fuzzer, so that every test run explores the same sequences. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anythingAtRandom(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20; i++) {
            final byte[] input = new byte[4000];
            random.nextBytes(input);
            anyMessages(input);
        }
    }

    private static byte[] message(final Bytes bytes) {
        final NdpBytes message =
                switch (bytes.choice(8)) {
                    case 0, 1 -> NdpBytes.ns(bytes.of(TARGETS));
                    case 2, 3 ->
                        NdpBytes.na(
                                bytes.of(TARGETS),
                                (bytes.flag() ? "R" : "") + (bytes.flag() ? "S" : "") + (bytes.flag() ? "O" : ""));
                    case 4 -> NdpBytes.redirect(bytes.of(TARGETS), bytes.of(TARGETS));
                    case 5 ->
                        NdpBytes.ra(
                                bytes.choice(256),
                                bytes.choice(256),
                                (int) bytes.lifetime(),
                                (int) bytes.lifetime(),
                                (int) bytes.lifetime());
                    default -> NdpBytes.ra((int) bytes.lifetime());
                };
        for (int options = bytes.choice(6); options > 0; options--) {
            option(message, bytes);
        }
        final byte[] whole = message.array();
        if (bytes.choice(4) == 3) {
            // Nearly right: a byte changed, or the end missing.
            final int at = bytes.choice(256) % whole.length;
            if (bytes.flag()) {
                whole[at] ^= (byte) (1 << bytes.choice(8));
            } else {
                return java.util.Arrays.copyOf(whole, at);
            }
        }
        return whole;
    }

    private static void option(final NdpBytes message, final Bytes bytes) {
        final long mac = 0x02_00_00_00_00_00L | bytes.choice(4);
        switch (bytes.choice(9)) {
            case 0 -> message.sourceLink(mac);
            case 1 -> message.targetLink(mac);
            case 2 -> message.nonce(bytes.choice(256));
            case 3 -> message.mtu(bytes.choice(256) << 4);
            case 4 -> message.route(bytes.of(PREFIXES), bytes.prefixLength(), bytes.choice(4), bytes.lifetime());
            case 5 -> message.dnsServers(bytes.lifetime(), bytes.of(TARGETS), bytes.of(SOURCES));
            case 6 -> message.searchList(bytes.lifetime(), "example.com", "a" + bytes.choice(32));
            default ->
                message.prefix(
                        bytes.of(PREFIXES),
                        bytes.prefixLength(),
                        (bytes.flag() ? "L" : "") + (bytes.flag() ? "A" : ""),
                        bytes.lifetime(),
                        bytes.lifetime());
        }
    }

    private static void check(final NdpTrace host) {
        assertThat(host.ndp.tableEntries()).isLessThan(400);
        assertThat(host.ndp.neighbors().size()).isLessThanOrEqualTo(512);
        assertThat(host.wheel.armedTimers()).isLessThan(100);
        assertThat(host.ndp.parameters().mtu()).isBetween(1280, 1500);
        assertThat(host.ndp.parameters().hopLimit()).isBetween(1, 255);
        assertThat(host.ndp.dns().servers()).hasSizeLessThanOrEqualTo(8);
        assertThat(host.addresses.all()).hasSizeLessThan(60);
        for (final HostAddress address : host.addresses.all()) {
            assertThat(address.address().isMulticast()).isFalse();
            final boolean made = address.origin() != HostAddress.Origin.CONFIGURED;
            if (made) {
                assertThat(address.state()).isNotIn(AddressState.REMOVED, AddressState.DUPLICATE);
                assertThat(Lifetime.isOver(address.validUntilNanos(), host.wheel.nowNanos()))
                        .isFalse();
            }
        }
        for (final Route route : host.routes.routes()) {
            assertThat(route.network().isMulticast()).isFalse();
            if (route.gateway() != null) {
                assertThat(route.gateway().isLinkLocal()).isTrue();
            }
        }
    }

    /** The choices of an input; zeros behind its end. */
    private static final class Bytes {
        private final ByteBuffer input;

        Bytes(final byte[] input) {
            this.input = ByteBuffer.wrap(input);
        }

        boolean hasMore() {
            return input.hasRemaining();
        }

        int choice(final int bound) {
            return input.hasRemaining() ? (input.get() & 0xFF) % bound : 0;
        }

        boolean flag() {
            return choice(2) == 1;
        }

        long lifetime() {
            return LIFETIMES[choice(LIFETIMES.length)];
        }

        int prefixLength() {
            return PREFIX_LENGTHS[choice(PREFIX_LENGTHS.length)];
        }

        String of(final String[] values) {
            return values[choice(values.length)];
        }

        double of(final double[] values) {
            return values[choice(values.length)];
        }
    }
}
