import { completeAuthorization } from './callback'

void completeAuthorization()
