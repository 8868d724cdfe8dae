/** Two real stacks on a simulated cable in virtual time: whole connections, from a seed. */
@NullMarked
package io.tapstack.simulation;

import org.jspecify.annotations.NullMarked;
