package io.tapstack.agent;

import io.tapstack.conformance.setting.Setting;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.wire.IpAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The settings of the agent.
 *
 * @param socket the path of its socket
 * @param virtualTime true if only the suite's calls advance the time
 * @param tap the TAP of the stack; without one, the suite is the other end of the link
 * @param locals the addresses of the stack; at least one
 * @param gateways the routers for everything else, at most one of each family
 * @param settings that each reset restores
 */
public record AgentConfig(
        Path socket,
        boolean virtualTime,
        Optional<String> tap,
        List<InterfaceAddress> locals,
        List<IpAddress> gateways,
        List<Setting> settings) {

    private static final int DEFAULT_MTU = 1_500;

    /** @throws IllegalArgumentException for virtual time on a TAP, whose frames come in real time */
    public AgentConfig {
        if (virtualTime && tap.isPresent()) {
            throw new IllegalArgumentException("a TAP's frames come in real time: --link tap:NAME needs --clock real");
        }
    }

    /** The link's MTU in bytes. */
    int mtu() {
        return settings.stream()
                .map(Setting::mtu)
                .filter(OptionalInt::isPresent)
                .mapToInt(OptionalInt::getAsInt)
                .reduce(DEFAULT_MTU, (first, second) -> second);
    }
}
