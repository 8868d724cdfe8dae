package io.tapstack.proxy;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * The settings of a {@link ProxyServer}.
 *
 * @param target of every connection
 * @param connectTimeout longest wait for the target
 * @param maxConnections clients at a time; a further one is reset at once, unless an idle one is closed for it
 * @param idle time without bytes before a connection is closed for a new client
 */
public record ProxyConfig(InetSocketAddress target, Duration connectTimeout, int maxConnections, Duration idle) {}
