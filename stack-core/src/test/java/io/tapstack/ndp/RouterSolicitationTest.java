package io.tapstack.ndp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.HostAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 4861 6.3.7, RFC 7559. */
class RouterSolicitationTest {

    private final NdpTrace host = new NdpTrace(NdpConfig.DEFAULT);

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    /** Advances until the next frame that is a router solicitation, and returns the seconds. */
    private double nextSolicitation() {
        double seconds = 0;
        while (true) {
            seconds += host.advanceToTimer();
            for (final String frame : host.sent()) {
                if (frame.startsWith("RS")) {
                    return seconds;
                }
            }
        }
    }

    @Test
    void solicitsFromTheLinkLocalAddressOnceThatIsChecked() { // RFC 4861 6.3.7
        host.start();
        host.advanceSeconds(2);
        final HostAddress linkLocal = host.only(HostAddress.Origin.LINK_LOCAL);
        assertThat(host.sent())
                .filteredOn(frame -> frame.startsWith("RS"))
                .containsExactly("RS " + linkLocal.address() + " > ff02::2 slla 02:00:00:00:00:02");
    }

    @Test
    void solicitsWithGrowingIntervalsAndNeverGivesUp() { // RFC 7559 2: IRT 4 s, MRT 3,600 s, no end
        host.start();
        nextSolicitation();
        double last = nextSolicitation();
        assertThat(last).isBetween(3.6, 4.4);
        for (int i = 0; i < 8; i++) {
            final double interval = nextSolicitation();
            assertThat(interval).isBetween(last * 1.9, last * 2.1);
            last = interval;
        }
        for (int i = 0; i < 5; i++) {
            nextSolicitation();
        }
        assertThat(nextSolicitation()).isBetween(3240.0, 3960.0);
    }

    @Test
    void stopsAtADefaultRouterAlone() { // RFC 7559 2.1
        host.start();
        nextSolicitation();
        host.advertise(NdpBytes.ra(0).prefix("2001:db8::", 64, "L", 3600, 3600));
        assertThat(nextSolicitation()).isBetween(3.6, 4.4);
        host.advertise(NdpBytes.ra(1800));
        host.advanceSeconds(600);
        assertThat(host.sent()).noneMatch(frame -> frame.startsWith("RS"));
    }

    @Test
    void withoutAnAddressTheSourceIsUnspecified() { // RFC 4861 4.1: and there is no link address
        final NdpTrace bare = new NdpTrace(new NdpConfig(
                        NdpConfig.DEFAULT.neighbors(), 1, false, true, true, false, true, NdpConfig.Limits.DEFAULT))
                .start();
        bare.advanceSeconds(1);
        assertThat(bare.sent()).containsExactly("RS :: > ff02::2");
        bare.assertNothingLeaked();
    }

    @Test
    void aHostWhoseAddressesAreAllDuplicatesAsksFromTheUnspecifiedOne() { // RFC 4861 6.3.7
        host.start();
        for (int i = 0; i < 4; i++) {
            final HostAddress address = host.only(HostAddress.Origin.LINK_LOCAL);
            host.advanceSeconds(1);
            final String text = address.address().toString();
            host.receive(text, "ff02::1", NdpBytes.na(text, "O").targetLink(NdpTrace.OTHER_MAC));
            host.advanceSeconds(1);
        }
        assertThat(host.addresses.size()).isZero();
        assertThat(host.sent()).contains("RS :: > ff02::2");
    }

    @Test
    void aHostThatDoesNotAcceptRoutersDoesNotAsk() {
        final NdpTrace deaf = new NdpTrace(NdpConfig.DEFAULT.withRouters(false)).start();
        deaf.advanceSeconds(100);
        assertThat(deaf.sent()).noneMatch(frame -> frame.startsWith("RS"));
        deaf.advertise(NdpBytes.ra(1800));
        assertThat(deaf.ndp.hasDefaultRouter()).isFalse();
        deaf.assertNothingLeaked();
    }
}
