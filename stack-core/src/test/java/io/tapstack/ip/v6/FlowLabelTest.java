package io.tapstack.ip.v6;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.SipHash;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** RFC 6437: labels of flows. */
class FlowLabelTest {

    private static final IpAddress SOURCE = IpAddress.parse("2001:db8::1");
    private static final IpAddress DESTINATION = IpAddress.parse("2001:db8::2");

    private final FlowLabel labels = new FlowLabel(new SipHash(1, 2), SOURCE, DESTINATION);

    /** RFC 6437 3: one label for all packets of a flow; it is not zero, and has 20 bits. */
    @Test
    void aFlowHasOneLabel() {
        for (int ports = 0; ports < 100_000; ports++) {
            final int label = labels.of(IpProtocol.TCP, ports * 0x9E37_79B9);
            assertThat(label).isBetween(1, 0xF_FFFF).isEqualTo(labels.of(IpProtocol.TCP, ports * 0x9E37_79B9));
        }
    }

    /** RFC 6437 2: labels of a host's flows are as if chosen at random: 1,000 of 2^20 hardly ever meet. */
    @Test
    void flowsDiffer() {
        final Set<Integer> seen = new HashSet<>();
        for (int port = 0; port < 1_000; port++) {
            seen.add(labels.of(IpProtocol.TCP, 40_000 + port << 16 | 80));
        }
        assertThat(seen).hasSizeGreaterThan(990);
        assertThat(labels.of(IpProtocol.UDP, 40_000 << 16 | 80))
                .isNotEqualTo(labels.of(IpProtocol.TCP, 40_000 << 16 | 80));
    }

    /** The distances between labels of consecutive ports depend on the key, so one flow does not tell the next. */
    @Test
    void labelsDependOnTheKeyAndTheAddresses() {
        final FlowLabel otherKey = new FlowLabel(new SipHash(1, 3), SOURCE, DESTINATION);
        final FlowLabel otherWay = new FlowLabel(new SipHash(1, 2), DESTINATION, SOURCE);
        assertThat(distance(labels)).isNotEqualTo(distance(otherKey)).isNotEqualTo(distance(otherWay));
    }

    @Test
    void protocolsWithoutPortsHaveNoLabel() {
        assertThat(labels.of(IpProtocol.ICMPV6, 7)).isZero();
    }

    private static int distance(final FlowLabel of) {
        return of.of(IpProtocol.TCP, 2) - of.of(IpProtocol.TCP, 1);
    }
}
