package io.tapstack.socket;

/** Two stacks on an Ethernet, with address resolution, segments of the MTU's size and software checksums. */
final class EthernetStreamTest extends StreamContract {

    @Override
    StreamKit openKit() {
        return new TapKit(RealTimeHost.onEthernet());
    }
}
