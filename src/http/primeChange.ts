import { primeTable } from '../aws/dynamoDbTable.ts';
import { prime as primeQuestion } from './priming.ts';

/** As `prime`, and the way to the table too: what a function needs that changes something. */
export const prime: typeof primeQuestion = async (handler) => {
  await Promise.all([primeQuestion(handler), primeTable()]);
};
