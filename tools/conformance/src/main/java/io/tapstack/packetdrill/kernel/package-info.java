/**
 * The Linux kernel as the machine under test: system calls and a TUN in a network namespace of its own, in real time.
 */
@NullMarked
package io.tapstack.packetdrill.kernel;

import org.jspecify.annotations.NullMarked;
