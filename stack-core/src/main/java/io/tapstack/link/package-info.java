/** The contract of a device, its capabilities, simulated devices, and decorators of devices. */
@NullMarked
package io.tapstack.link;

import org.jspecify.annotations.NullMarked;
