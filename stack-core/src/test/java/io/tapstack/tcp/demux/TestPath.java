package io.tapstack.tcp.demux;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.ip.SendStatus;
import io.tapstack.wire.IpAddress;

/** A path that leads nowhere. */
record TestPath(IpAddress source, IpAddress destination) implements IpPath {

    static final TestPath BETWEEN_HOSTS = new TestPath(IpAddress.parse("192.0.2.1"), IpAddress.parse("192.0.2.2"));

    @Override
    public int mtu() {
        return 1_500;
    }

    @Override
    public int linkMtu() {
        return 1_500;
    }

    @Override
    public int assumedMtu() {
        return 576;
    }

    @Override
    public int leastMtu() {
        return 68;
    }

    @Override
    public int maxPayload() {
        return 65_515;
    }

    @Override
    public int ipHeaderLength() {
        return 20;
    }

    @Override
    public int headroom() {
        return 0;
    }

    @Override
    public boolean checksumOffload() {
        return false;
    }

    @Override
    public int maxSegmentOffload() {
        return 0;
    }

    @Override
    public boolean isOnLink() {
        return true;
    }

    @Override
    public SendStatus send(
            final PacketBuffer packet,
            final int protocol,
            final int trafficClass,
            final int timeToLive,
            final PathMtuPolicy policy) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void confirmReachable() {}

    @Override
    public void suspectUnreachable() {}

    @Override
    public void reduceMtu(final int bytes) {}
}
