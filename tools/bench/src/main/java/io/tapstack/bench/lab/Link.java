package io.tapstack.bench.lab;

import java.util.List;

/**
 * A TAP and its subnet, for one stack.
 *
 * @param number of the link
 * @param tap the host's interface
 * @param address Tapstack's address
 * @param hostAddress the host's address
 */
public record Link(int number, String tap, String address, String hostAddress) {

    /** Of the subnet. */
    public static final int PREFIX_LENGTH = 24;

    static Link number(final int number) {
        final String net = "10.98." + number + '.';
        return new Link(number, "bench" + number, net + '2', net + '1');
    }

    /** The link as options of the command line. */
    public List<String> options() {
        return List.of(
                "--tap",
                tap,
                "--address",
                address + '/' + PREFIX_LENGTH,
                "--host-address",
                hostAddress + '/' + PREFIX_LENGTH);
    }
}
