package io.tapstack.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.socket.LearnedNames;
import io.tapstack.wire.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** resolv.conf(5) and hosts(5). */
class ResolvConfTest {

    @Test
    void readsServersSearchAndOptions() {
        final ResolverConfig config = ResolvConf.parse("""
                # a comment
                ; another
                nameserver 10.0.0.53
                nameserver 2001:db8::53\t# the second
                nameserver fe80::1%eth0
                nameserver nonsense
                domain example.net
                search Example.com lab.example.com. bad..name
                options ndots:2 timeout:3 attempts:4 rotate edns0 use-vc trust-ad
                sortlist 130.155.160.0/255.255.240.0
                """);
        assertThat(config.servers()).hasToString("[10.0.0.53:53, [2001:db8::53]:53]");
        assertThat(config.search()).containsExactly("example.com", "lab.example.com");
        assertThat(config.ndots()).isEqualTo(2);
        assertThat(config.timeoutSeconds()).isEqualTo(3);
        assertThat(config.attempts()).isEqualTo(4);
        assertThat(config.rotate()).isTrue();
        assertThat(config.edns()).isTrue();
        assertThat(config.overTcp()).isTrue();
    }

    @Test
    void hasTheDefaultsOfGlibc() {
        final ResolverConfig config = ResolvConf.parse("");
        assertThat(config.servers()).isEmpty();
        assertThat(config.ndots()).isEqualTo(1);
        assertThat(config.timeoutSeconds()).isEqualTo(5);
        assertThat(config.attempts()).isEqualTo(2);
        assertThat(config.edns()).isFalse();
    }

    @Test
    void hasTheLimitsOfGlibc() {
        final ResolverConfig config = ResolvConf.parse("""
                nameserver 10.0.0.1
                nameserver 10.0.0.2
                nameserver 10.0.0.3
                nameserver 10.0.0.4
                options ndots:99 timeout:99 attempts:99 timeout:x ndots:
                """);
        assertThat(config.servers()).hasSize(3);
        assertThat(config.ndots()).isEqualTo(15);
        assertThat(config.timeoutSeconds()).isEqualTo(30);
        assertThat(config.attempts()).isEqualTo(5);
    }

    @Test
    void refusesValuesOutOfRange() {
        assertThatThrownBy(() -> ResolverConfig.DEFAULT.withAttempts(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attempts: 0 is not between 1 and 5");
        assertThatThrownBy(() -> ResolverConfig.DEFAULT.withSearch(List.of("a b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("search domain 'a b' is not a name");
    }

    @Test
    void readsHosts() throws Exception {
        final HostsFile hosts = HostsFile.parse("""
                127.0.0.1\tlocalhost
                10.0.0.7   Printer.example.com printer # in the hall
                10.0.0.8 printer
                2001:db8::7 printer
                10.0.0.7 printer
                nonsense printer
                fe80::1%lo0 printer
                10.0.0.9
                """);
        assertThat(hosts.addresses(HostName.parse("PRINTER"))).hasToString("[10.0.0.7, 10.0.0.8, 2001:db8::7]");
        assertThat(hosts.addresses(HostName.parse("printer.example.com"))).hasToString("[10.0.0.7]");
        assertThat(hosts.addresses(HostName.parse("other"))).isEmpty();
    }

    /** What the user configures wins over what the network says. */
    @Test
    void takesServersOfTheNetworkWhereNoneAreConfigured() {
        final LearnedNames learned = new LearnedNames(
                List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("2001:db8::1")),
                List.of("Example.com", "bad..name", "a b"));
        final ResolverConfig all = ResolverConfig.DEFAULT.orLearned(learned);
        assertThat(all.servers()).hasToString("[10.0.0.1:53, [2001:db8::1]:53]");
        assertThat(all.search()).containsExactly("example.com");
        final ResolverConfig configured = ResolverConfig.of(IpAddress.parse("10.9.9.9"));
        assertThat(configured.orLearned(learned).servers()).hasToString("[10.9.9.9:53]");
        assertThat(configured.withSearch(List.of("lab")).orLearned(learned).search())
                .containsExactly("lab");
    }
}
