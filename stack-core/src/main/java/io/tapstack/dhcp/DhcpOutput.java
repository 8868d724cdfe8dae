package io.tapstack.dhcp;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.error.SocketErrorException;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.wire.DhcpHeader;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds and sends the messages of a client (RFC 2131 4.4.1, table 5).
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class DhcpOutput {

    private static final Logger LOG = LoggerFactory.getLogger(DhcpOutput.class);

    /** A message of BOOTP's length, which old servers and relays insist on (RFC 1542 2.1). */
    private static final int MIN_LENGTH = 300;

    private static final int MAX_LENGTH = 548;
    private static final int MAX_HOST_NAME = 63;

    private static final byte[] WANTED = {
        DhcpOption.SUBNET_MASK,
        DhcpOption.CLASSLESS_ROUTES,
        DhcpOption.ROUTERS,
        DhcpOption.DNS_SERVERS,
        DhcpOption.DOMAIN_NAME,
        DhcpOption.MTU,
        DhcpOption.LEASE_TIME,
        DhcpOption.RENEWAL_TIME,
        DhcpOption.REBINDING_TIME
    };

    private final UdpEndpoint endpoint;
    private final long mac;
    private final String hostName;

    DhcpOutput(final UdpEndpoint endpoint, final long mac, final String hostName) {
        this.endpoint = endpoint;
        this.mac = mac;
        this.hostName = hostName;
    }

    /**
     * Sends a message.
     *
     * @param clientAddress ciaddr: our address in RENEWING, REBINDING and for a release, else 0.0.0.0
     * @param requested option 50, or null
     * @param server option 54, or null
     * @param destination the server, or null for all of the link
     */
    void send(
            final DhcpMessageType type,
            final int transaction,
            final int seconds,
            final IpAddress clientAddress,
            final @Nullable IpAddress requested,
            final @Nullable IpAddress server,
            final @Nullable IpAddress destination) {
        final PacketBuffer message;
        try {
            message = endpoint.newDatagram(MAX_LENGTH);
        } catch (final SocketErrorException e) {
            LOG.debug("no memory for a DHCP message", e);
            return;
        }
        final ByteBuffer bytes = message.memory().bytes();
        final int head = message.head();
        DhcpHeader.writeRequest(bytes, head, transaction, seconds, clientAddress.isAny(), clientAddress, mac);
        int at = head + DhcpHeader.LENGTH;
        at = put(bytes, at, DhcpOption.MESSAGE_TYPE, (byte) type.number());
        at = put(bytes, at, DhcpOption.CLIENT_IDENTIFIER, clientIdentifier());
        at = requested == null ? at : put(bytes, at, DhcpOption.REQUESTED_ADDRESS, requested.toBytes());
        at = server == null ? at : put(bytes, at, DhcpOption.SERVER_IDENTIFIER, server.toBytes());
        if (type == DhcpMessageType.DISCOVER || type == DhcpMessageType.REQUEST) {
            at = put(bytes, at, DhcpOption.MAX_MESSAGE_SIZE, (byte) (1500 >>> 8), (byte) 1500);
            at = put(bytes, at, DhcpOption.PARAMETER_LIST, WANTED);
            if (!hostName.isEmpty()) {
                final String name = hostName.substring(0, Math.min(hostName.length(), MAX_HOST_NAME));
                at = put(bytes, at, DhcpOption.HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
            }
        }
        bytes.put(at++, (byte) DhcpOption.END);
        while (at - head < MIN_LENGTH) {
            bytes.put(at++, (byte) DhcpOption.PAD);
        }
        message.trimTo(at - head);
        final IpAddress to = destination == null ? IpAddress.BROADCAST_IPV4 : destination;
        try {
            // A full device loses the message, as a link may; the client sends it again.
            endpoint.send(message, new Endpoint(to, DhcpHeader.SERVER_PORT));
        } catch (final SocketErrorException e) {
            LOG.debug("DHCP message to {} not sent", to, e);
        }
    }

    /** RFC 4361 6.1: type 255, an IAID, and a DUID from the link address (RFC 8415 11.4). */
    private byte[] clientIdentifier() {
        return ByteBuffer.allocate(15)
                .put((byte) 0xFF)
                .putInt((int) mac)
                .putShort((short) 3)
                .putShort((short) 1)
                .putShort((short) (mac >>> 32))
                .putInt((int) mac)
                .array();
    }

    private static int put(final ByteBuffer bytes, final int at, final int code, final byte... value) {
        bytes.put(at, (byte) code);
        bytes.put(at + 1, (byte) value.length);
        bytes.put(at + 2, value);
        return at + 2 + value.length;
    }
}
